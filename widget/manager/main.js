/** The knowledge manager's page: list, editor, preview. */
import { html, signal, useEffect } from "../shared/preact.js";
import { Empty } from "../shared/staff/parts.js";
import { preferences } from "../shared/staff/preferences.js";
import { Shell, start, useMedia } from "../shared/staff/shell.js";
import { t } from "../shared/staff/strings.js";
import { Editor } from "./editor.js";
import * as editing from "./editing.js";
import * as library from "./library.js";
import { List } from "./list.js";
import { Preview } from "./preview.js";
import { readSite } from "./site.js";
import { TryIt } from "./tryit.js";

/** What the preview was switched to; until then it is as the page is. */
const chosenTheme = signal("");

function Side() {
  const sheet = editing.sheet.value;
  const dark = useMedia("(prefers-color-scheme: dark)");
  const page = preferences.value.theme === "system" ? (dark ? "dark" : "light") : preferences.value.theme;
  const theme = chosenTheme.value || page;
  return html`<aside class="pane side" id="side" aria-label=${t("m.side")}><div class="pane__scroll side__in">
    ${sheet
      ? html`<div class="sd-row sd-row--between"><h2 class="side__title sd-strong">${t("m.preview")}</h2><div class="sd-seg" role="group" aria-label=${t("m.preview.theme")}>${["light", "dark"].map((each) => html`<button type="button" key=${each} aria-pressed=${theme === each} onClick=${() => (chosenTheme.value = each)}>${t(`m.preview.${each}`)}</button>`)}</div></div>
          <${Preview} key=${`${sheet.article} ${sheet.language}`} sheet=${sheet} theme=${theme} /><${TryIt} sheet=${sheet} />`
      : editing.place.value.article && !editing.root.value
        ? null
        : html`<${Empty} icon="chat" title=${t("m.preview")}><p>${t(editing.root.value ? "m.preview.begin" : "m.preview.none")}</p><//>`}
  </div></aside>`;
}

function App() {
  const pane = editing.pane.value;
  useEffect(() => {
    editing.start();
    void library.reload();
    void readSite();
  }, []);
  const keys = [
    { keys: ["J", "K"], text: t("m.key.move") },
    { keys: ["Enter"], text: t("key.open") },
    { keys: ["N"], text: t("m.new.long") },
    { keys: ["/"], text: t("m.search") },
    { keys: ["Ctrl+S"], text: t("save") },
    { keys: ["Ctrl+Enter"], text: t("m.publish") },
    { keys: ["Ctrl+B", "Ctrl+I", "Ctrl+K"], text: t("m.key.format") },
    { keys: ["Esc"], text: t("key.back") },
    { keys: ["?"], text: t("key.help") },
  ];
  return html`<${Shell} here="knowledge" skip="editor" skipText=${t("m.skip")} keys=${keys} class=${`manager manager--${pane}`}><${List} /><${Editor} /><${Side} /><//>`;
}

void start(App, { strings: (code) => import(`./strings/${code}.js`) });
