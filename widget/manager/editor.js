/** The middle pane: what the article is and whether it is stored, its languages, and the words themselves. */
import { html, useEffect, useState } from "../shared/preact.js";
import { Ask } from "../shared/staff/dialog.js";
import { MenuButton } from "../shared/staff/menu.js";
import { Empty, Icon, Strip, Tag, announce, useSlow } from "../shared/staff/parts.js";
import { problemText, useKeys, useMedia } from "../shared/staff/shell.js";
import { clock, shortTime, spoken, t } from "../shared/staff/strings.js";
import * as articles from "./articles.js";
import { Conflict } from "./conflict.js";
import { Changes, History } from "./dialogs.js";
import * as editing from "./editing.js";
import { Languages, Missing } from "./languages.js";
import { same } from "./sameness.js";
import { isAway } from "./sheet.js";
import { Variants } from "./variants.js";
import { Answer, Title } from "./writing.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
const LIVE_MS = 8_000;

/** What the draft is now, edits that are not stored yet included. @param {Sheet} sheet @returns {import("./articles.js").State} */
export function stateNow(sheet) {
  const base = sheet.base.value;
  if (!base) return "draft";
  if (base.state === "archived" || !base.published) return base.state;
  return same(base.published, sheet.draft.value) ? "published" : "changed";
}

/** @param {{ sheet: Sheet }} props */
function Saved({ sheet }) {
  const base = sheet.base.value;
  const phase = sheet.phase.value;
  const waits = !sheet.article && !sheet.draft.value.title.trim();
  const text =
    phase === "failed"
      ? t("m.failed")
      : phase === "refused"
        ? t("m.refused")
        : phase === "conflict"
          ? t("m.two")
          : phase === "saving"
            ? t("m.saving")
            : phase === "dirty"
              ? t(waits ? "m.untitled.waits" : "m.dirty")
              : base
                ? t("m.saved", { time: new Date(base.updated_at).toDateString() === new Date().toDateString() ? clock(base.updated_at) : shortTime(base.updated_at, Date.now()) })
                : "";
  return html`<span class="sd-small sd-trunc sd-grow saved" data-phase=${phase} title=${base?.updated_by ? t("m.saved.by", { name: base.updated_by }) : ""}>${text}</span>`;
}

/** @param {{ sheet: Sheet }} props */
function Strips({ sheet }) {
  const phase = sheet.phase.value;
  const problem = sheet.problem.value;
  return html`
    ${phase === "failed" ? html`<${Strip} icon="off" action=${t("try_now")} onAction=${() => void sheet.save()}>${t(sheet.kept.value ? "m.failed.text" : "m.failed.unkept")}<//>` : null}
    ${phase === "refused" ? html`<${Strip} kind="danger" role="alert" action=${t("try_again")} onAction=${() => void sheet.save()}>${problemText(problem)}<//>` : null}
    ${sheet.restored.value && phase !== "conflict" ? html`<${Strip} icon="info">${t("m.restored")}<//>` : null}
    ${sheet.shelved.value ? html`<${Strip} icon="info" action=${t("m.bring_back")} onAction=${() => sheet.bringBack()}>${t("m.shelved")}<//>` : null}
    ${sheet.publishing.value === "live" ? html`<${Strip} kind="ok" icon="check">${t("m.live.text")}<//>` : null}`;
}

export function Editor() {
  const [asking, ask] = useState(/** @type {"" | "publish" | "archive" | "changes" | "history"} */ (""));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const narrow = useMedia("(max-width: 1240px)");
  const sheet = editing.sheet.value;
  const { article, language } = editing.place.value;
  const loading = Boolean(article) && !sheet && !editing.root.value && !editing.problem.value;
  const slow = useSlow(loading);
  const readOnly = !editing.mayWrite();
  const state = sheet ? stateNow(sheet) : "draft";
  const base = sheet?.base.value;
  const busy = sheet?.publishing.value === "busy";
  const may = Boolean(sheet && !readOnly && sheet.phase.value !== "conflict");
  const publishable = may && !busy && (state !== "published" || sheet?.differs) && Boolean(sheet?.draft.value.title.trim());
  const shut = () => ask("");

  useEffect(() => {
    setProblem(null);
    shut();
  }, [sheet]);
  useEffect(() => {
    document.title = [sheet?.draft.peek().title || (article === editing.NEW ? t("m.new.long") : ""), t("rail.knowledge"), "Svardesk"].filter(Boolean).join(" · ");
  }, [sheet, base?.title]);

  useKeys({
    "Ctrl+s": () => void (sheet && may && sheet.flush().then((done) => done && announce(t("m.saved", { time: clock(Date.now()) })))),
    "Ctrl+Enter": () => (publishable ? ask("publish") : false),
    Escape: () => (editing.pane.value === "list" ? false : narrow && !document.activeElement?.matches("input, textarea") ? editing.close() : false),
  });

  /** Runs what needs the stored draft. @param {(mine: Sheet, revision: number) => Promise<import("./articles.js").ArticleLanguage>} deed @param {string} said */
  async function run(deed, said) {
    if (!sheet) return;
    shut();
    setProblem(null);
    sheet.publishing.value = "busy";
    try {
      if (!(await sheet.flush())) {
        sheet.publishing.value = "";
        if (sheet.phase.peek() !== "conflict") setProblem(sheet.problem.peek());
        return;
      }
      const edition = await deed(sheet, sheet.base.peek()?.revision || 0);
      editing.take(edition, false);
      sheet.publishing.value = edition.state === "archived" ? "" : "live";
      announce(said);
      setTimeout(() => {
        if (sheet.publishing.peek() === "live") sheet.publishing.value = "";
      }, LIVE_MS);
    } catch (error) {
      sheet.publishing.value = "";
      if (/** @type {any} */ (error).code === "edited_elsewhere") void sheet.clash().catch(setProblem);
      else setProblem(error);
    }
  }
  const publish = () => run((mine, revision) => articles.publish(mine.article, mine.language, revision), t("m.live.text"));
  const archive = () => run((mine) => articles.archive(mine.article, mine.language), t("m.archived"));

  const changes = state === "changed" && Boolean(base?.published);
  const other = [
    ...(narrow && changes ? [{ label: t("m.changes"), icon: "swap", run: () => ask("changes") }] : []),
    ...(narrow && base ? [{ label: t("m.history"), icon: "history", run: () => ask("history") }] : []),
    ...(base?.published && state !== "draft" ? [{ label: t("m.open_page"), icon: "external", href: `/help/${sheet?.language}/${sheet?.article}` }] : []),
  ];
  const items = [...other, ...(may && base && state !== "archived" ? [{ label: t("m.archive"), icon: "trash", danger: true, rule: other.length > 0, run: () => ask("archive") }] : [])];
  const name = spoken(sheet?.language || language || "en");
  return html`<main class="pane ed" id="editor" tabindex="-1" aria-label=${t("m.editor")} aria-busy=${loading ? "true" : undefined}>
    ${article ? html`<header class="ed__head">
      <button type="button" class="sd-btn sd-btn--quiet sd-btn--icon onlyphone" aria-label=${t("m.back")} onClick=${editing.close}><${Icon} name="left" size="lg" /></button>
      ${sheet ? html`<${Tag} kind=${{ published: "ok", changed: "warn", draft: "", archived: "" }[state]} class="ed__state">${state === "published" ? html`<${Icon} name="check" />` : null}<span>${t(`m.tag.${state}`)}</span><//><${Saved} sheet=${sheet} />` : html`<span class="sd-grow">${editing.root.value ? html`<${Tag}>${t("m.state.missing")}<//>` : null}</span>`}
      ${sheet ? html`<div class="sd-seg midtabs" role="group" aria-label=${t("m.view")}><button type="button" aria-pressed=${editing.pane.value !== "preview"} onClick=${() => (editing.pane.value = "write")}>${t("m.view.write")}</button><button type="button" aria-pressed=${editing.pane.value === "preview"} onClick=${() => (editing.pane.value = "preview")}>${t("m.view.preview")}</button></div>` : null}
      ${base && !narrow ? html`<button type="button" class="sd-btn sd-btn--quiet" onClick=${() => ask("history")}><${Icon} name="history" />${t("m.history")}</button>` : null}
      ${changes && !narrow ? html`<button type="button" class="sd-btn" onClick=${() => ask("changes")}>${t("m.changes")}</button>` : null}
      ${sheet && !readOnly ? html`<button type="button" class="sd-btn sd-btn--primary" aria-disabled=${publishable ? undefined : "true"} title="Ctrl Enter" onClick=${() => publishable && ask("publish")}>${busy ? t("m.publishing") : t("m.publish")}</button>` : null}
      ${items.length ? html`<${MenuButton} label=${t("more")} items=${items} />` : null}
    </header>` : null}
    ${problem ? html`<${Strip} kind="danger" role="alert" action=${t("close")} onAction=${() => setProblem(null)}>${isAway(problem) ? t("m.publish.away") : problemText(problem)}<//>` : null}
    ${sheet ? html`<${Strips} sheet=${sheet} />` : null}
    <div class="pane__scroll ed__scroll" id="ed-scroll">
      ${slow ? html`<div class="ed__skel" role="status"><span class="sd-sr">${t("loading")}</span>${[40, 70, 100, 92, 96, 60].map((w) => html`<span class="sd-skel" style=${{ width: `${w}%` }}></span>`)}</div>` : null}
      ${editing.problem.value ? html`<${Empty} icon="off" title=${t("m.not_opened")}><p>${problemText(editing.problem.value)}</p><button type="button" class="sd-btn" onClick=${editing.retry}>${t("try_again")}</button><//>` : null}
      ${!article ? html`<${Empty} icon="book" title=${t("m.choose")}><p>${t("m.choose.text")}</p><//>` : null}
      ${editing.root.value || sheet ? html`<${Languages} />` : null}
      ${editing.root.value && !sheet ? html`<${Missing} />` : null}
      ${sheet && readOnly ? html`<div class="sd-note"><${Icon} name="info" /><span>${t("m.readonly")}</span></div>` : null}
      ${sheet && state === "archived" ? html`<div class="sd-note"><${Icon} name="info" /><span>${t("m.archived.text")}</span></div>` : null}
      ${sheet?.theirs.value ? html`<${Conflict} sheet=${sheet} key=${`c${sheet.article}${sheet.language}`} />` : null}
      ${sheet && !sheet.theirs.value ? html`<${Title} key=${`t${sheet.language}`} sheet=${sheet} readOnly=${readOnly} /><${Answer} sheet=${sheet} readOnly=${readOnly} /><${Variants} key=${`v${article}${sheet.language}`} sheet=${sheet} readOnly=${readOnly} />` : null}
    </div>
    ${sheet && asking === "publish" ? html`<${Ask} title=${t("m.publish.ask", { language: name })} text=${t(base?.published ? "m.publish.text" : "m.publish.first")} yes=${t("m.publish")} onYes=${publish} onClose=${shut} />` : null}
    ${sheet && asking === "archive" ? html`<${Ask} title=${t("m.archive.ask", { language: name })} text=${t("m.archive.text")} yes=${t("m.archive")} danger=${true} onYes=${archive} onClose=${shut} />` : null}
    ${sheet && asking === "changes" ? html`<${Changes} sheet=${sheet} onClose=${shut} onPublish=${publishable ? publish : undefined} />` : null}
    ${sheet && asking === "history" ? html`<${History} sheet=${sheet} onClose=${shut} />` : null}
  </main>`;
}
