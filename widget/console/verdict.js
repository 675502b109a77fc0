/** Under an answer of the assistant: was it right? Two buttons, who has said what, and a reason for those who have one. */
import { html, useEffect, useRef, useState } from "../shared/preact.js";
import { Icon } from "../shared/staff/parts.js";
import { preferences } from "../shared/staff/preferences.js";
import { may } from "../shared/staff/session.js";
import { t } from "../shared/staff/strings.js";
import { lastAnswer, say, verdicts } from "./judging.js";
import { countsAsRight, isTorn } from "./verdicts.js";

/** @typedef {import("./verdicts.js").Verdict} Said */

const MOST_WHY = 2000;

/** @param {Said} said */
function worded({ source, right, mine, name }) {
  if (source === "handoff" || source === "repeat") return t(`verdict.by.${source}`);
  const word = right ? "right" : "wrong";
  return source === "customer" ? t(`verdict.by.customer.${word}`) : t(`verdict.by.agent.${word}`, { name: mine ? t("you") : name.split(" ")[0] || t("a_colleague") });
}

/** @param {{ said: Said }} props */
const Who = ({ said }) =>
  html`<li><${Icon} name=${said.right ? "check" : "close"} size="sm" /><span>${worded(said)}${said.why ? html`<span class="verdict__words"> “${said.why}”</span>` : null}</span></li>`;

/** @param {{ seq: number, mine: Said, onClose: () => void }} props */
function Reason({ seq, mine, onClose }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.focus(), []);
  return html`<form class="verdict__reason" onSubmit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    const why = field.current?.value.trim() || "";
    if (why) say(seq, mine.right, why);
    onClose();
  }} onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  }}><input ref=${field} class="sd-input" maxlength=${MOST_WHY} defaultValue=${mine.why} aria-label=${t("verdict.why.field")} placeholder=${t("verdict.why.field")} /><button class="sd-btn sd-btn--sm">${t("save")}</button></form>`;
}

/** @param {{ seq: number }} props the answer's number */
export function Verdict({ seq }) {
  const [asking, ask] = useState(false);
  const opener = useRef(/** @type {HTMLElement | null} */ (null));
  const all = verdicts.value.get(seq) || [];
  const mine = all.find((said) => said.mine);
  const agent = may("agent");
  const keys = agent && seq === lastAnswer.value && preferences.value.letters;
  if (!agent && !all.length) return null;
  /** @param {boolean} right @param {import("../shared/staff/parts.js").IconName} icon @param {string} key */
  const button = (right, icon, key) => {
    const label = t(right ? "verdict.right" : "verdict.wrong");
    return html`<button type="button" class=${`sd-btn sd-btn--quiet sd-btn--sm verdict__one verdict__one--${right ? "right" : "wrong"}`} aria-pressed=${mine?.right === right} aria-keyshortcuts=${keys ? key : undefined} onClick=${() => say(seq, right)}><${Icon} name=${icon} size="sm" />${label}${keys ? html`<kbd class="sd-kbd" aria-hidden="true">${key}</kbd>` : null}</button>`;
  };
  const shut = () => {
    ask(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  return html`<div class="verdict" aria-live="off">
    ${agent ? html`<div class="verdict__row" role="group" aria-label=${t("verdict")}>${button(true, "check", "V")}${button(false, "close", "X")}${mine && !asking ? html`<button type="button" ref=${opener} class="sd-btn sd-btn--link" onClick=${() => ask(true)}>${t(mine.why ? "verdict.why.change" : "verdict.why")}</button>` : null}</div>` : null}
    ${asking && mine ? html`<${Reason} seq=${seq} mine=${mine} onClose=${shut} />` : null}
    ${all.length ? html`<ul class="verdict__who">${all.map((said) => html`<${Who} key=${`${said.source} ${said.name}`} said=${said} />`)}</ul>` : null}
    ${isTorn(all) ? html`<p class="verdict__torn"><${Icon} name="warn" size="sm" />${t(countsAsRight(all) ? "verdict.torn.right" : "verdict.torn.wrong")}</p>` : null}
  </div>`;
}
