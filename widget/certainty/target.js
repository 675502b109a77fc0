/** The dialog in which a director says how many answers may be wrong, of a site or of one of its languages. */
import { html, useRef, useState } from "../shared/preact.js";
import { Dialog } from "../shared/staff/dialog.js";
import { Strip, announce } from "../shared/staff/parts.js";
import { problemText } from "../shared/staff/shell.js";
import { languageName, number, score, t } from "../shared/staff/strings.js";
import { missingOf, shareIn } from "./numbers.js";
import { careful, languages, setTarget } from "./reading.js";
import { exactly } from "./words.js";

const TARGETS = [0.01, 0.02, 0.05];

/** @param {{ language: string, onClose: () => void }} props language: empty for the whole site */
export function Target({ language, onClose }) {
  const report = languages.value.find((each) => each.language === language);
  const site = languages.value[0]?.site_target ?? null;
  const now = report ? (report.own_target ? report.target : null) : site;
  const own = now !== null && !TARGETS.includes(now);
  const [choice, choose] = useState(own ? "own" : String(now));
  const written = own ? number(100 * /** @type {number} */ (now), { maximumFractionDigits: 4, useGrouping: false }) : "";
  const [text, setText] = useState(written);
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const proved = (report ? [report] : languages.value.filter((each) => !each.own_target)).some((each) => each.certified);

  const save = async () => {
    const share = choice === "own" ? (own && text === written ? now : shareIn(text)) : choice === "null" ? null : Number(choice);
    setWrong(choice === "own" && share === null);
    if (choice === "own" && share === null) return field.current?.focus();
    if (share === now) return onClose();
    setBusy(true);
    setProblem(null);
    try {
      await setTarget(language, share);
      announce(t("c.target.saved"));
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  const none = report && site !== null ? t("c.target.as_site", { share: exactly(site) }) : t("c.target.careful");
  const noneHelp = report && site !== null ? "" : t("c.target.careful.text", { threshold: score(careful.value) });
  /** @param {string} value @param {string} label @param {string} help */
  const option = (value, label, help) =>
    html`<label class="choice"><input type="radio" name="target" value=${value} checked=${choice === value} onChange=${() => choose(value)} /><span><span class="sd-medium">${label}</span>${help ? html`<span class="sd-help">${help}</span>` : null}</span></label>`;
  const lacking = (/** @type {number} */ share) => (report ? (missingOf(report, share) ? t("c.target.lacks", { n: missingOf(report, share) }) : t("c.target.enough")) : "");
  const title = report ? t("c.target.title.of", { language: languageName(language) }) : t("c.target.title");
  return html`<${Dialog} title=${title} onClose=${onClose} foot=${html`<button type="button" class="sd-btn" onClick=${onClose}>${t("cancel")}</button><button type="submit" form="target" class="sd-btn sd-btn--primary" disabled=${busy}>${t("save")}</button>`}>
    ${problem ? html`<${Strip} kind="danger" role="alert">${problemText(problem)}<//>` : null}
    <form id="target" onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      void save();
    }}><fieldset class="choices"><legend class="sd-sr">${title}</legend>
      ${option("null", none, noneHelp)}
      ${TARGETS.map((share) => option(String(share), t("c.at_most", { share: exactly(share) }), lacking(share)))}
      <div class="choice choice--own">${option("own", t("c.target.own"), "")}
        <span class="own"><input ref=${field} class="sd-input" inputmode="decimal" autocomplete="off" aria-label=${t("c.target.own.field")} aria-invalid=${wrong ? "true" : undefined} aria-describedby="own-help" value=${text} onFocus=${() => choose("own")} onInput=${(/** @type {Event} */ event) => {
          setText(/** @type {HTMLInputElement} */ (event.target).value);
          setWrong(false);
        }} /><span aria-hidden="true">%</span></span>
        <span id="own-help" class=${`sd-help own__help${wrong ? " sd-help--error" : ""}`} role=${wrong ? "alert" : undefined}>${wrong ? t("c.target.own.wrong") : t("c.target.own.range")}</span></div>
    </fieldset></form>
    ${report ? null : html`<p class="sd-help">${t("c.target.who")}</p>`}
    ${proved ? html`<p class="sd-help">${t("c.target.again")}</p>` : null}
  <//>`;
}
