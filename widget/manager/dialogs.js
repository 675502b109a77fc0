/** What opens over the editor: the changes since the last publish, and the versions that were published before. */
import { html, useEffect, useState } from "../shared/preact.js";
import { Ask, Dialog } from "../shared/staff/dialog.js";
import { Strip, announce, useSlow } from "../shared/staff/parts.js";
import { problemText } from "../shared/staff/shell.js";
import { dateTime, t } from "../shared/staff/strings.js";
import * as articles from "./articles.js";
import { Difference } from "./difference.js";
import { mayWrite, take } from "./editing.js";
import { same } from "./sameness.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */

/** @param {{ sheet: Sheet, onClose: () => void, onPublish?: () => void }} props */
export function Changes({ sheet, onClose, onPublish }) {
  const published = sheet.base.value?.published;
  if (!published) return null;
  const foot = html`<button type="button" class="sd-btn" onClick=${onClose}>${t("close")}</button>${onPublish ? html`<button type="button" class="sd-btn sd-btn--primary" onClick=${onPublish}>${t("m.publish")}</button>` : null}`;
  return html`<${Dialog} title=${t("m.changes")} onClose=${onClose} class="dialog--wide" foot=${foot}>
    <p class="sd-small sd-muted">${t("m.changes.since", { time: dateTime(published.published_at), name: published.published_by || t("m.somebody") })}</p>
    <${Difference} before=${published} after=${sheet.draft.value} language=${sheet.language} />
  <//>`;
}

/** @param {{ sheet: Sheet, onClose: () => void }} props */
export function History({ sheet, onClose }) {
  const [versions, setVersions] = useState(/** @type {import("./articles.js").Version[] | null} */ (null));
  const [next, setNext] = useState("");
  const [chosen, choose] = useState(/** @type {import("./articles.js").Version | null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [asking, ask] = useState(false);
  const slow = useSlow(!versions && !problem);
  const current = sheet.base.value?.published?.version;

  /** @param {string} from */
  const load = async (from) => {
    setProblem(null);
    try {
      const page = await articles.versions(sheet.article, sheet.language, from);
      setVersions((before) => [...(from ? before || [] : []), ...page.items]);
      setNext(page.next_cursor || "");
      if (!from) choose(page.items[0] || null);
    } catch (error) {
      setProblem(error);
    }
  };
  useEffect(() => void load(""), []);

  const revert = async () => {
    ask(false);
    if (!chosen) return;
    try {
      if (!(await sheet.flush())) return onClose();
      take(await articles.revert(sheet.article, sheet.language, chosen.version, sheet.base.peek()?.revision || 0), true);
      announce(t("m.history.reverted", { n: chosen.version }));
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  const different = chosen && !same(chosen, sheet.draft.value);
  const foot = html`<button type="button" class="sd-btn" onClick=${onClose}>${t("close")}</button>
    ${mayWrite() && different ? html`<button type="button" class="sd-btn sd-btn--primary" onClick=${() => ask(true)}>${t("m.history.revert")}</button>` : null}`;
  return html`<${Dialog} title=${t("m.history")} onClose=${onClose} class="dialog--wide" foot=${foot}>
    ${problem ? html`<${Strip} kind="danger" action=${t("try_again")} onAction=${() => load("")}>${problemText(problem)}<//>` : null}
    ${slow ? html`<div class="history" role="status"><span class="sd-sr">${t("loading")}</span><span class="sd-skel"></span><span class="sd-skel"></span></div>` : null}
    ${versions && !versions.length ? html`<p class="sd-muted">${t("m.history.none")}</p>` : null}
    ${versions?.length
      ? html`<div class="history">
          <div class="history__list sd-list" role="group" aria-label=${t("m.history.versions")}>
            ${versions.map(
              (each) => html`<button type="button" key=${each.version} class="sd-item" aria-current=${each === chosen ? "true" : undefined} onClick=${() => choose(each)}>
                <span class="history__one"><b class="sd-medium">${t("m.history.version", { n: each.version })}${each.version === current ? html` <span class="sd-tag sd-tag--ok">${t("m.history.now")}</span>` : null}</b><span class="sd-tiny sd-faint">${dateTime(each.published_at)}${each.published_by ? `, ${each.published_by}` : ""}</span></span>
              </button>`,
            )}
            ${next ? html`<button type="button" class="sd-btn sd-btn--quiet sd-btn--sm" onClick=${() => load(next)}>${t("show_more")}</button>` : null}
          </div>
          <div class="history__text" tabindex="0" role="region" aria-label=${chosen ? t("m.history.version", { n: chosen.version }) : ""}>
            ${chosen ? html`<p class="sd-small sd-muted">${different ? t("m.history.compared") : t("m.history.same")}</p><${Difference} before=${chosen} after=${sheet.draft.value} language=${sheet.language} whole=${true} />` : null}
          </div>
        </div>`
      : null}
    ${asking && chosen ? html`<${Ask} title=${t("m.history.revert.ask", { n: chosen.version })} text=${t("m.history.revert.text")} yes=${t("m.history.revert")} onYes=${revert} onClose=${() => ask(false)} />` : null}
  <//>`;
}
