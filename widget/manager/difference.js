/** Two drafts beside each other as one text: what went, what came. Words of changed lines are marked inside them. */
import { html } from "../shared/preact.js";
import { t } from "../shared/staff/strings.js";
import { compare, diffLines, folded } from "./diff.js";
import { tidy } from "./sameness.js";

/** @typedef {import("./articles.js").Draft} Draft */

const SIGNS = { same: " ", gone: "−", new: "+", changed: "±" };

/** @param {import("./diff.js").Part} part */
const Piece = ({ kind, text }) => (kind === "gone" ? html`<del>${text}</del>` : kind === "new" ? html`<ins>${text}</ins>` : text);

/** @param {{ line: import("./diff.js").Line | number }} props */
const Row = ({ line }) =>
  typeof line === "number"
    ? html`<div class="diff__fold sd-tiny">${t("m.diff.folded", { n: line })}</div>`
    : html`<div class="diff__line" data-kind=${line.kind}><span class="diff__sign" aria-hidden="true">${SIGNS[line.kind]}</span>${line.kind === "same" ? null : html`<span class="sd-sr">${t(`m.diff.${line.kind}`)}: </span>`}<span class="diff__text">${line.parts.map((part) => html`<${Piece} ...${part} />`)}${line.parts.every((part) => !part.text) ? "\u00a0" : null}</span></div>`;

/** @param {{ before: Draft, after: Draft, language: string, whole?: boolean }} props whole: leaves nothing out */
export function Difference({ before, after, language, whole }) {
  const [old, now] = [tidy(before), tidy(after)];
  const titles = diffLines(old.title, now.title);
  const lines = diffLines(old.body, now.body);
  const questions = compare(old.questions, now.questions).map((part) => /** @type {import("./diff.js").Line} */ ({ kind: part.kind, parts: [part] }));
  const changed = (/** @type {import("./diff.js").Line[]} */ of) => of.some((line) => line.kind !== "same");
  const body = whole ? lines : folded(lines);
  return html`<div class="sd-diff diff" lang=${language}>
    ${whole || changed(titles) ? html`<h3 class="sd-label" lang="">${t("m.title")}</h3><div class="diff__block diff__block--title">${titles.map((line) => html`<${Row} line=${line} />`)}</div>` : null}
    ${whole || changed(lines) ? html`<h3 class="sd-label">${t("m.answer.short")}</h3><div class="diff__block">${body.map((line) => html`<${Row} line=${line} />`)}</div>` : null}
    ${(whole && questions.length) || changed(questions) ? html`<h3 class="sd-label">${t("m.variants")}</h3><div class="diff__block">${questions.map((line) => html`<${Row} line=${line} />`)}</div>` : null}
    ${!whole && !changed(titles) && !changed(lines) && !changed(questions) ? html`<p class="sd-muted">${t("m.diff.none")}</p>` : null}
  </div>`;
}
