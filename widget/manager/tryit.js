/** Ask as a customer would, and see what the assistant would do with this draft, and what it does without it. */
import { html, useEffect, useRef, useState } from "../shared/preact.js";
import { Strip } from "../shared/staff/parts.js";
import { problemText } from "../shared/staff/shell.js";
import { score, t } from "../shared/staff/strings.js";
import * as articles from "./articles.js";
import { open } from "./editing.js";
import { same } from "./sameness.js";

/** @typedef {import("./articles.js").Trial} Trial */
const MOST = 4;

/** @param {{ hit: import("./articles.js").Hit, threshold: number, best: boolean, mine: boolean, language: string }} props */
function Hit({ hit, threshold, best, mine, language }) {
  const sure = hit.certainty >= threshold;
  const value = Math.max(0, Math.min(1, hit.certainty));
  return html`<li class="hit" data-best=${best ? "" : undefined}>
    <span class=${`sd-dot ${sure ? "sd-dot--ok" : "sd-dot--ring"}`} aria-hidden="true"></span>
    ${mine
      ? html`<span class="sd-trunc">${t("m.try.this")}</span>`
      : html`<button type="button" class="sd-btn sd-btn--link hit__title" lang=${hit.language} title=${hit.title} onClick=${() => open(hit.article, hit.language)}><span class="sd-trunc">${hit.title}</span>${hit.language === language ? null : html`<span class="sd-lang">${hit.language}</span>`}</button>`}
    <span class="sd-score" title=${t("m.try.sureness", { score: score(hit.certainty) })}><span class="sd-progress thr" style=${{ "--v": `${value * 100}%`, "--c": sure ? "var(--sd-ok-fill)" : "var(--sd-line-control)", "--t": `${threshold * 100}%` }} aria-hidden="true"><i></i></span>${score(hit.certainty)}</span>
    ${hit.matched && hit.matched !== hit.title ? html`<span class="hit__unit sd-tiny sd-faint sd-trunc" lang=${hit.language} title=${hit.matched}>${t("m.try.matched", { text: hit.matched })}</span>` : null}
  </li>`;
}

/** @param {Trial} trial @param {boolean} mine whether the best hit is this article */
function outcomeText({ outcome, hits }, mine) {
  if (outcome === "answer") return mine ? t("m.try.answer.this") : t("m.try.answer.elsewhere", { title: hits[0]?.title || "" });
  return t(outcome === "offer" ? "m.try.offer" : "m.try.hand_over");
}

/** What would have had to be different. @param {Trial} trial @param {boolean} mine */
function elseText({ outcome }, mine) {
  if (outcome !== "answer") return t("m.try.else.below");
  return t(mine ? "m.try.else.answer" : "m.try.else.elsewhere");
}

/** @param {{ sheet: import("./sheet.js").Sheet }} props */
export function TryIt({ sheet }) {
  const [question, setQuestion] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [result, setResult] = useState(/** @type {{ now: Trial, before: Trial | null, question: string, draft: import("./articles.js").Draft } | null} */ (null));
  const run = useRef(0);
  const published = sheet.base.value?.published;
  useEffect(() => {
    run.current++;
    setResult(null);
    setBusy(false);
    setProblem(null);
  }, [sheet]);

  /** @param {import("./articles.js").Hit} hit */
  const isMine = (hit) => hit.language === sheet.language && (sheet.article ? hit.article === sheet.article : hit.article.startsWith("~"));

  const ask = async () => {
    const text = question.trim();
    if (!text || busy) return;
    const mine = ++run.current;
    const draft = sheet.draft.peek();
    setBusy(true);
    setProblem(null);
    try {
      const changed = !published || !same(published, draft);
      const [now, before] = await Promise.all([
        articles.tryOut(text, sheet.language, { ...draft, article: sheet.article, language: sheet.language }),
        changed ? articles.tryOut(text, sheet.language, null) : null,
      ]);
      if (mine === run.current) setResult({ now, before, question: text, draft });
    } catch (error) {
      if (mine === run.current) setProblem(error);
    } finally {
      if (mine === run.current) setBusy(false);
    }
  };

  const before = result?.before;
  const mineBefore = before?.hits.find(isMine);
  const was = before && t(`m.try.was.${before.outcome === "answer" && !(before.hits[0] && isMine(before.hits[0])) ? "elsewhere" : before.outcome}`);
  const bestIsMine = Boolean(result?.now.hits[0] && isMine(result.now.hits[0]));
  const hits = result ? result.now.hits.filter((hit, i) => i < MOST || isMine(hit)) : [];
  return html`<section aria-labelledby="try" class="sd-card try">
    <div class="sect"><h2 id="try">${t("m.try")}</h2><span class="sd-tiny sd-faint">${t("m.try.with")}</span></div>
    <form class="sd-row" onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      void ask();
    }}><input class="sd-input" lang=${sheet.language} maxlength="1000" aria-label=${t("m.try.question")} placeholder=${t("m.try.question")} value=${question} onInput=${(/** @type {Event} */ event) => setQuestion(/** @type {HTMLInputElement} */ (event.target).value)} /><button type="submit" class="sd-btn" aria-disabled=${busy || !question.trim() ? "true" : undefined}>${t("m.try.ask")}</button></form>
    ${problem ? html`<${Strip} kind="danger" action=${t("try_again")} onAction=${ask}>${problemText(problem)}<//>` : null}
    <div class="try__result" role="status" aria-busy=${busy ? "true" : "false"}>
      ${result
        ? html`<p class="try__outcome sd-small" data-outcome=${result.now.outcome}>${outcomeText(result.now, bestIsMine)}</p>
            <ul class="hits">${hits.map((hit, i) => html`<${Hit} key=${`${hit.article} ${hit.language}`} hit=${hit} threshold=${result.now.threshold} best=${i === 0} mine=${isMine(hit)} language=${sheet.language} />`)}</ul>
            <p class="sd-tiny sd-faint">${t("m.try.threshold", { score: score(result.now.threshold) })} ${elseText(result.now, bestIsMine)} ${before ? (mineBefore ? t("m.try.before", { score: score(mineBefore.certainty), outcome: was || "" }) : t("m.try.before.none", { outcome: was || "" })) : ""}</p>
            ${same(result.draft, sheet.draft.value) ? null : html`<p class="sd-tiny try__stale">${t("m.try.stale")} <button type="button" class="sd-btn sd-btn--link" onClick=${ask}>${t("m.try.again")}</button></p>`}`
        : html`<p class="sd-tiny sd-faint">${busy ? t("m.try.busy") : t("m.try.hint")}</p>`}
    </div>
  </section>`;
}
