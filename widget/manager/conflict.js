/** Two people wrote at once: who and when, both texts, and the choice between them. Nothing is lost before it is made. */
import { html, useEffect, useRef } from "../shared/preact.js";
import { Icon } from "../shared/staff/parts.js";
import { dateTime, t } from "../shared/staff/strings.js";
import { Difference } from "./difference.js";

/** @param {{ draft: import("./articles.js").Draft, language: string }} props */
const Text = ({ draft, language }) =>
  html`<div class="conflict__text" lang=${language} tabindex="0"><b class="sd-strong">${draft.title}</b><p class="sd-code">${draft.body}</p>${draft.questions.length ? html`<ul>${draft.questions.map((each) => html`<li>${each}</li>`)}</ul>` : null}</div>`;

/** @param {{ sheet: import("./sheet.js").Sheet }} props */
export function Conflict({ sheet }) {
  const head = useRef(/** @type {HTMLElement | null} */ (null));
  const theirs = sheet.theirs.value;
  useEffect(() => head.current?.focus(), []);
  if (!theirs) return null;
  const name = theirs.updated_by || t("m.somebody");
  return html`<section class="conflict" role="alert" aria-labelledby="conflict-title">
    <div class="sd-note sd-note--warn"><${Icon} name="warn" /><div><h2 id="conflict-title" class="sd-strong" tabindex="-1" ref=${head}>${t("m.conflict", { name, time: dateTime(theirs.updated_at) })}</h2><p>${t("m.conflict.text")}</p></div></div>
    <div class="conflict__two">
      <section aria-label=${t("m.conflict.mine")}><header class="sd-row sd-row--between"><h3 class="sd-label">${t("m.conflict.mine")}</h3><button type="button" class="sd-btn sd-btn--primary" onClick=${() => sheet.settle("mine")}>${t("m.conflict.keep_mine")}</button></header><${Text} draft=${sheet.draft.value} language=${sheet.language} /></section>
      <section aria-label=${name}><header class="sd-row sd-row--between"><h3 class="sd-label sd-trunc">${t("m.conflict.theirs", { name })}</h3><button type="button" class="sd-btn" onClick=${() => sheet.settle("theirs")}>${t("m.conflict.take_theirs")}</button></header><${Text} draft=${theirs} language=${sheet.language} /></section>
    </div>
    <details class="sd-details" open><summary class="sd-small sd-medium"><${Icon} name="right" />${t("m.conflict.diff", { name })}</summary><${Difference} before=${theirs} after=${sheet.draft.value} language=${sheet.language} /></details>
  </section>`;
}
