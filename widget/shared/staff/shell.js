/**
 * The frame of every staff app. An app is a page, a component and a call of `start`:
 *
 *     // widget/manager/main.js; its index.html loads tokens.css, components.css, staff.css, fonts/inter.css, early.js,
 *     // the four vendor scripts (see shared/preact.js) and this module, and has <body class="sd"><div id="app">
 *     import { html } from "../shared/preact.js";
 *     import { Shell, start } from "../shared/staff/shell.js";
 *     const App = () => html`<${Shell} here="knowledge" skip="editor" keys=${[{ keys: ["Ctrl+S"], text: t("save") }]}>
 *       <section class="pane listpane">…</section><main class="pane" id="editor">…</main><//>`;
 *     start(App, { strings: (code) => import(`./strings/${code}.js`) });
 *
 * `start` resumes the session (or leads to /login and back), speaks the reader's language, then renders. Words: `t("key",
 * { n })` of strings.js, and plural keys end in .one and .other. HTTP: `get, post, put` of ../api.js throw a `Problem` with a
 * stable `code`; `problemText(problem)` words it. Who is here: `account` of session.js; over: `signedOut`, which Shell shows
 * as a strip with the way back, and nothing typed is lost. Parts: parts.js (Icon, Avatar, Tag, Count, Empty, SkeletonRows
 * with useSlow, Strip for errors where they happened, announce for screen readers), `MenuButton`, `Dialog` and `Ask`.
 * Letters as shortcuts: `useKeys({ n: () => … })` below, silent inside fields and dialogs. `recall`/`keep` for drafts.
 */
import { Problem } from "../api.js";
import { html, render, useEffect, useLayoutEffect, useRef, useState } from "../preact.js";
import { Announcer, Empty, Strip } from "./parts.js";
import { preferences } from "./preferences.js";
import { Rail } from "./rail.js";
import { account, loginAddress, resume, signedOut } from "./session.js";
import { Keys, Settings } from "./settings.js";
import { addStrings, choose, known, speak, t } from "./strings.js";

/** What went wrong, in the reader's words. @param {unknown} problem */
export function problemText(problem) {
  if (!(problem instanceof Problem)) return t("problem.unknown");
  if (known(`problem.${problem.code}`)) return t(`problem.${problem.code}`, { ...problem.body, s: Math.ceil(problem.retryAfter) });
  return problem.body.detail || t("problem.unknown");
}

/** @param {EventTarget | null} target */
export const inField = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

/**
 * Keys of the page. Names: `j`, `?`, `Escape`, `Ctrl+Enter`, `Ctrl+Shift+Enter` (Ctrl is Command on a Mac). Single signs work
 * only outside fields, outside dialogs and menus, and not when the reader turned letters off. A handler that returns false did nothing.
 * @param {Record<string, (event: KeyboardEvent) => unknown>} handlers
 */
export function useKeys(handlers) {
  const latest = useRef(handlers);
  latest.current = handlers;
  useLayoutEffect(() => { // keys answer as soon as the page is there
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open], [role=menu]")) return;
      const held = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}`;
      const sign = event.key.length === 1 && !held;
      if (sign && (inField(event.target) || !preferences.value.letters)) return;
      const handler = latest.current[held + event.key];
      if (handler && handler(event) !== false) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Whether a media query holds, kept up to date. @param {string} query */
export function useMedia(query) {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const update = () => setHolds(list.matches);
    update();
    list.addEventListener("change", update);
    return () => list.removeEventListener("change", update);
  }, [query]);
  return holds;
}

/**
 * @param {{ here: string, skip: string, skipText?: string, badges?: Record<string, number>, online?: boolean, alerts?: boolean,
 *   keys: import("./settings.js").KeyLine[], class?: string, children?: unknown }} props
 *   skip: the id that the skip link leads to. alerts: offers sounds and notifications in the settings.
 */
export function Shell({ here, skip, skipText, badges, online, alerts, keys, class: extra = "", children }) {
  const [shown, show] = useState(/** @type {"" | "keys" | "settings"} */ (""));
  useKeys({ "?": () => show("keys") });
  const shut = () => show("");
  return html`<a class="skip" href=${`#${skip}`} onClick=${(/** @type {Event} */ event) => {
      event.preventDefault();
      document.getElementById(skip)?.focus();
    }}>${skipText || t("skip")}</a>
    <div class="frame">
      ${signedOut.value ? html`<${Strip} icon="info" action=${t("log_in")} onAction=${() => location.assign(loginAddress())} role="alert">${t("signed_out")}<//>` : null}
      <div class=${`app ${extra}`}><${Rail} here=${here} badges=${badges} online=${online} onHelp=${() => show("keys")} onSettings=${() => show("settings")} />${children}</div>
    </div>
    ${shown === "keys" ? html`<${Keys} lines=${keys} onClose=${shut} />` : null}
    ${shown === "settings" ? html`<${Settings} alerts=${alerts} onClose=${shut} />` : null}
    <${Announcer} />`;
}

/** @param {{ problem: unknown, onRetry: () => void }} props */
const NotStarted = ({ problem, onRetry }) =>
  html`<main class="alone"><${Empty} icon="off" title=${t("not_started")}><p>${problemText(problem)}</p><button type="button" class="sd-btn" onClick=${onRetry}>${t("try_again")}</button><//></main>`;

/**
 * @param {unknown} App a component
 * @param {{ strings?: Parameters<typeof addStrings>[0], ready?: () => void }} [options] ready: runs once, before the first render
 */
export async function start(App, { strings, ready } = {}) {
  const place = /** @type {HTMLElement} */ (document.getElementById("app"));
  if (strings) addStrings(strings);
  try {
    await resume();
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return location.replace(loginAddress());
    await speak(choose([preferences.value.language, ...navigator.languages])).catch(() => {});
    return render(html`<${NotStarted} problem=${problem} onRetry=${() => start(App, { strings, ready })} />`, place);
  }
  await speak(choose([preferences.value.language, account.value?.language, ...navigator.languages])).catch(() => {});
  ready?.();
  render(html`<${App} />`, place);
}
