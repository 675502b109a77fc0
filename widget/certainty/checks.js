/** What the looks at the labels have found: a line each week, and one whenever a threshold moved. */
import { html, useState } from "../shared/preact.js";
import { Icon, Strip } from "../shared/staff/parts.js";
import { problemText } from "../shared/staff/shell.js";
import { dateTime, languageName, number, score, t } from "../shared/staff/strings.js";
import { brokeOff, movedItself } from "./numbers.js";
import { checks, readMoreChecks } from "./reading.js";
import { exactly, labelsText, percent } from "./words.js";

const FIRST = 10;

/** @param {{ check: import("./numbers.js").Check }} props */
function Row({ check }) {
  const { threshold_before: before, threshold, calibration_error: error, overconfident } = check;
  const moved = before !== threshold;
  const points = number(100 * error, { maximumFractionDigits: 1 });
  const lean = Math.abs(overconfident) < 0.005 ? "" : overconfident > 0 ? t("c.check.over") : t("c.check.under");
  return html`<tr class=${brokeOff(check) ? "check--moved" : ""}>
    <th scope="row" class="sd-num">${dateTime(check.at)}</th>
    <td data-name=${t("c.check.language")}>${languageName(check.language)}</td>
    <td data-name=${t("c.check.found")}><span class="check__found">${brokeOff(check) ? html`<${Icon} name="warn" size="sm" />` : check.step === "certified" ? html`<${Icon} name="check" size="sm" />` : null}${t(`c.step.${check.step}`, { target: exactly(check.target ?? 0) })}</span></td>
    <td class="num" data-name=${t("c.threshold")}>${moved ? html`<span class="sd-sr">${t("c.check.from_to", { before: score(before), after: score(threshold) })}</span><span aria-hidden="true">${score(before)} → ${score(threshold)}</span>` : score(threshold)}</td>
    <td class="num" data-name=${t("c.check.bound")}>${check.answered ? t("c.at_most", { share: percent(check.bound) }) : "–"}</td>
    <td class="num" data-name=${t("c.labels")}>${labelsText(check.answered, check.wrong)}</td>
    <td class="num" data-name=${t("c.check.fit")}>${check.labels ? html`<span>${t("c.check.points", { points })}${lean ? `, ${lean}` : ""}<span class="check__new sd-tiny sd-faint">${t("c.check.new", { n: check.labels })}</span></span>` : "–"}</td>
  </tr>`;
}

export function Checks() {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const all = checks.value;
  if (!all) return null;
  const moves = all.filter(movedItself).length;
  return html`<section class="card" aria-labelledby="checks">
    <div class="card__head"><div><h2 id="checks">${t("c.checks")}</h2><p class="sd-small sd-muted">${t("c.checks.text")}${moves ? ` ${t("c.checks.moves", { n: moves })}` : ""}</p></div></div>
    ${all.length
      ? html`<table class="sd-table checks"><thead><tr>${["c.check.when", "c.check.language", "c.check.found"].map((key) => html`<th scope="col" key=${key}>${t(key)}</th>`)}${["c.threshold", "c.check.bound", "c.labels", "c.check.fit"].map((key) => html`<th scope="col" class="num" key=${key}>${t(key)}</th>`)}</tr></thead><tbody>${all.map((check) => html`<${Row} key=${`${check.at} ${check.language}`} check=${check} />`)}</tbody></table>`
      : html`<p class="card__none">${t("c.checks.none")}</p>`}
    ${problem ? html`<${Strip} kind="danger">${problemText(problem)}<//>` : null}
    ${all.length === FIRST ? html`<button type="button" class="sd-btn sd-btn--sm sd-btn--quiet card__more" onClick=${() => readMoreChecks().then(() => setProblem(null), setProblem)}>${t("show_more")}</button>` : null}
  </section>`;
}
