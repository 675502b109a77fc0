/** A decision of the assistant in the log, folded: which units matched, each score, the threshold, what was missing. */
import { html, useMemo } from "../shared/preact.js";
import { Icon } from "../shared/staff/parts.js";
import { number, score, t } from "../shared/staff/strings.js";
import { Verdict } from "./verdict.js";
import { isSilentAnswer } from "./verdicts.js";
import { whyOf } from "./why.js";

const FORMS = ["order_status_form", "return_form", "complaint_form", "call_back_form", "address_form"];

/** Scores that differ are told apart. @param {import("./why.js").Phrase} phrase */
function worded({ key, values }) {
  const { best, threshold } = values;
  const digits = best !== undefined && best !== threshold && score(best) === score(threshold) ? 1 : 0;
  return t(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, score(value, digits)])));
}

/** @param {import("./brief.js").Hit} hit */
const address = (hit) => `/help/${encodeURIComponent(hit.language)}/${encodeURIComponent(hit.article)}`;

/** @param {number} value */
const two = (value) => number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** @param {import("./brief.js").Hit} hit */
const partsOf = ({ parts }) => ("pooled" in parts ? t("why.parts", Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, two(value)]))) : "");

/** @param {{ hit: import("./brief.js").Hit, lang: string }} props */
const Found = ({ hit, lang }) =>
  html`<tr><th scope="row"><a href=${address(hit)} lang=${hit.language} target="_blank" rel="noopener">${hit.title}</a>${hit.matched && hit.matched !== hit.title ? html`<span class="why__unit" lang=${hit.language || lang}>${hit.matched}</span>` : null}${partsOf(hit) ? html`<span class="why__parts sd-num" title=${t("why.parts.long")}>${partsOf(hit)}</span>` : null}</th><td class="sd-num">${score(hit.certainty)}</td><td class="sd-num">${two(hit.score)}</td></tr>`;

/** @param {{ item: import("./thread.js").Reason, lang: string }} props */
export function Explained({ item, lang }) {
  const why = useMemo(() => whyOf(item.decided), [item.decided]);
  // a log that reads itself out need not read this
  const fold = html`<details class="why sd-details" aria-live="off"><summary><${Icon} name="right" size="sm" /><span>${worded(why.said)}${why.form ? `: ${FORMS.includes(why.form) ? t(`form.${why.form}`) : why.form}` : ""}</span></summary>
    <div class="why__in">
      ${why.hits.length
        ? html`<table class="why__hits"><thead><tr><th scope="col">${t("why.article")}</th><th scope="col" title=${t("why.match.long")}>${t("why.match")}</th><th scope="col" title=${t("why.score.long")}>${t("why.score")}</th></tr></thead><tbody>${why.hits.map((hit) => html`<${Found} key=${`${hit.article}.${hit.language}`} hit=${hit} lang=${lang} />`)}</tbody></table>`
        : null}
      ${why.threshold ? html`<p>${t("why.threshold", { threshold: score(why.threshold) })}</p>` : null}
      ${why.other ? html`<p>${worded(why.other)}</p>` : null}
      ${why.notes.map(({ key, values }) => html`<p key=${key}>${t(key, values)}</p>`)}
      ${why.note ? html`<p class="sd-faint">${t("why.note", { note: why.note })}</p>` : null}
    </div></details>`;
  if (!isSilentAnswer(item.decided)) return fold;
  const best = why.hits[0];
  return html`<div class="silent" data-answer=${item.seq} aria-live="off">${fold}<p class="silent__article"><${Icon} name="doc" size="sm" />${t("silent.article")} <a href=${address(best)} lang=${best.language} target="_blank" rel="noopener" class="sd-trunc">${best.title}</a></p><${Verdict} seq=${item.seq} /></div>`;
}
