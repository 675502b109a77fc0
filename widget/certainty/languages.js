/** One row for each language: the target, what the labels prove, the threshold in force, and what is missing. */
import { html, useState } from "../shared/preact.js";
import { Icon, Tag } from "../shared/staff/parts.js";
import { dateTime, languageName, number, score, t } from "../shared/staff/strings.js";
import { barOf, brokeOff, missingOf, movedItself, standingOf, waitsForProof } from "./numbers.js";
import { checks, languages } from "./reading.js";
import { Target } from "./target.js";
import { exactly, labelsText, percent, sure } from "./words.js";

/** @typedef {import("./numbers.js").Report} Report */

const LOOKS = /** @type {const} */ ({ certified: ["ok", "check"], broken: ["danger", "warn"], over: ["danger", "warn"], not_yet: ["warn", "clock"], careful: ["", "info"] });

const LEFT = 18; // percent of the bar: a target further left needs the room of its 0

/** @param {Report} report */
function standingText(report) {
  const standing = standingOf(report);
  const n = missingOf(report);
  return standing !== "certified" && standing !== "careful" ? (n ? t(`c.${standing}.missing`, { n }) : t(`c.${standing}`)) : t(`c.${standing}`);
}

/** @param {{ report: Report }} props */
function Bound({ report }) {
  const { proof, target } = report;
  const bar = barOf(report);
  if (proof.bound === null) return html`<div class="bound"><p class="bound__none">${t("c.bound.none")}</p></div>`;
  const spoken = `${t("c.bound.is", { bound: percent(proof.bound), sure: sure() })} ${target === null ? "" : t("c.target.is", { target: exactly(target) })}`;
  return html`<div class="bound">
    <p><b class="bound__value">${t("c.at_most", { share: percent(proof.bound) })}</b> <span class="sd-muted">${t("c.bound.sure", { sure: sure() })}</span></p>
    <div class="sd-ci" role="img" aria-label=${spoken} style=${{ "--lo": "0%", "--hi": `${bar.bound}%`, "--at": `${bar.rate}%`, ...(bar.target === null ? {} : { "--goal": `${bar.target}%` }) }}>${bar.target === null ? null : html`<u></u>`}<i></i></div>
    <p class="bound__ends sd-num" aria-hidden="true"><span>${bar.target !== null && bar.target < LEFT ? "" : "0"}</span>${bar.target === null ? null : html`<span class="bound__goal" style=${{ left: `clamp(32px, ${bar.target}%, 100% - 72px)` }}>${t("c.target.mark", { target: exactly(/** @type {number} */ (target)) })}</span>`}<span>${percent(bar.end)}</span></p>
    <p class="sd-tiny sd-faint">${t("c.proof", { n: number(proof.answered), wrong: number(proof.wrong) })}${waitsForProof(report) ? `. ${t("c.proof.waits")}` : ""}</p>
  </div>`;
}

/** @param {{ report: Report }} props */
function Fit({ report }) {
  const { error, overconfident, bins } = report.calibration;
  if (!bins.length) return null;
  const points = (/** @type {number} */ share) => number(100 * share, { maximumFractionDigits: 1 });
  const lean = Math.abs(overconfident) < 0.005 ? "even" : overconfident > 0 ? "over" : "under";
  return html`<details class="sd-details fit"><summary><${Icon} name="right" size="sm" /><span>${t("c.fit", { points: points(error) })}</span></summary>
    <p class="sd-small sd-muted">${t(`c.fit.${lean}`, { points: points(Math.abs(overconfident)) })}</p>
    <table class="sd-table fit__table"><thead><tr><th scope="col">${t("c.fit.sure")}</th><th scope="col" class="num">${t("c.fit.right")}</th><th scope="col" class="num">${t("c.fit.answers")}</th></tr></thead>
      <tbody>${bins.map((bin) => html`<tr key=${bin.low}><th scope="row">${t("c.fit.range", { low: percent(bin.low), high: percent(bin.high) })}</th><td class="num">${percent(bin.right)}</td><td class="num">${number(bin.answered)}</td></tr>`)}</tbody></table>
  </details>`;
}

/** @param {{ report: Report, onTarget: () => void }} props */
function Language({ report, onTarget }) {
  const standing = standingOf(report);
  const [kind, icon] = LOOKS[standing];
  const { labels, wrong } = report.wrong_answer_rate;
  const move = standing === "broken" || standing === "over" ? checks.value?.find((check) => check.language === report.language && brokeOff(check)) : undefined;
  const name = languageName(report.language);
  const target = report.target === null ? t("c.target.careful") : t("c.at_most", { share: exactly(report.target) });
  return html`<li class="lang">
    <div class="lang__head"><h3>${name}</h3><${Tag} kind=${kind}><${Icon} name=${icon} /><span>${standingText(report)}</span><//></div>
    <${Bound} report=${report} />
    <dl class="lang__facts">
      <div><dt>${t("c.target")}</dt><dd>${target}${report.target !== null && !report.own_target ? html` <span class="sd-faint">${t("c.target.of_site")}</span>` : null}</dd></div>
      <div><dt>${t("c.threshold")}</dt><dd class="sd-num">${score(report.threshold)}</dd></div>
      <div><dt>${t("c.labels")}</dt><dd class="sd-num">${labelsText(labels, wrong)}</dd></div>
    </dl>
    <button type="button" class="sd-btn sd-btn--sm lang__set" aria-label=${t("c.target.change.of", { language: name })} onClick=${onTarget}>${t("c.target.change")}</button>
    ${move ? html`<p class="sd-note sd-note--warn lang__move"><${Icon} name="warn" /><span>${t(movedItself(move) ? "c.moved" : "c.begun_anew", { time: dateTime(move.at), before: score(move.threshold_before), after: score(move.threshold) })}</span></p>` : null}
    <${Fit} report=${report} />
  </li>`;
}

export function Languages() {
  const [setting, set] = useState(/** @type {string | null} */ (null));
  const all = languages.value;
  const site = all[0].site_target;
  const proved = all.filter((report) => report.certified).length;
  return html`<section class="card" aria-labelledby="rate">
    <div class="card__head"><div><h2 id="rate">${t("c.rate")}</h2><p class="sd-small sd-muted">${proved ? t("c.summary", { n: number(proved), of: number(all.length) }) : t("c.summary.none")}</p></div>
      <div class="card__act"><span class="sd-small sd-muted">${t("c.target.all")} <b class="sd-strong">${site === null ? t("c.target.careful") : t("c.at_most", { share: exactly(site) })}</b></span><button type="button" class="sd-btn" onClick=${() => set("")}>${t("c.target.change")}</button></div></div>
    <ul class="langs">${all.map((report) => html`<${Language} key=${report.language} report=${report} onTarget=${() => set(report.language)} />`)}</ul>
    <p class="sd-note"><${Icon} name="info" /><span>${t("c.how")}</span></p>
    ${setting === null ? null : html`<${Target} language=${setting} onClose=${() => set(null)} />`}
  </section>`;
}
