/** The assistant on trial: the switch of a site, and what it would have said beside what people did. */
import { html, useState } from "../shared/preact.js";
import { Ask } from "../shared/staff/dialog.js";
import { Icon, Strip, announce } from "../shared/staff/parts.js";
import { Switch } from "../shared/staff/settings.js";
import { problemText } from "../shared/staff/shell.js";
import { dateTime, number, score, t } from "../shared/staff/strings.js";
import { partsOf } from "./numbers.js";
import { readMoreShadow, setShadow, shadow, site } from "./reading.js";
import { chatAddress, percent } from "./words.js";

/** @typedef {import("./reading.js").Shadow} Shadow */

const FIRST = 10;
const OUTCOMES = ["answer", "offer", "hand_over"];
const PEOPLE = ["same_article", "own_words", "other_article", "nothing"];

/** @param {{ name: string, of: Record<string, number>, keys: string[] }} props */
function Shares({ name, of, keys }) {
  const counts = keys.map((key) => of[key] || 0);
  const parts = partsOf(counts);
  return html`<div class="shares"><h3>${name}</h3>
    <div class="shares__bar" aria-hidden="true">${parts.map((part, i) => (part ? html`<i key=${keys[i]} class=${`part part--${keys[i]}`} style=${{ width: `${part}%` }}></i>` : null))}</div>
    <dl>${keys.map((key, i) => html`<div key=${key}><dt><i class=${`part part--${key}`} aria-hidden="true"></i>${t(`c.silent.${key}`)}</dt><dd class="sd-num">${number(counts[i])} <span class="sd-faint">${percent(parts[i] / 100)}</span></dd></div>`)}</dl></div>`;
}

/** @param {{ one: import("./reading.js").Compared }} props */
function Row({ one }) {
  const would = one.outcome === "answer" || one.outcome === "offer" ? html`${t(`c.silent.${one.outcome}`)}${one.title ? html`: <span class="sd-medium">${one.title}</span>` : null} <span class="sd-faint sd-num">${score(one.certainty)}</span>` : t("c.silent.hand_over");
  return html`<li class="trial">
    <p class="trial__q">${one.question}</p>
    <dl><div><dt>${t("c.silent.it")}</dt><dd>${would}${one.judged === null ? null : html` <span class=${one.judged ? "said--right" : "said--wrong"}><${Icon} name=${one.judged ? "check" : "close"} size="sm" />${t(one.judged ? "c.marked.right" : "c.marked.wrong")}</span>`}</dd></div>
      <div><dt>${t("c.silent.people")}</dt><dd>${t(`c.silent.${one.people}`)}${one.reply ? html`<span class="trial__reply">${one.reply}</span>` : null}</dd></div></dl>
    <p class="trial__foot"><span class="sd-tiny sd-faint">${dateTime(one.at)}</span><a class="sd-btn sd-btn--sm" href=${chatAddress(one.conversation)}>${t("c.chat")}<span class="sd-sr">, ${one.question}</span></a></p>
  </li>`;
}

/** @param {{ found: Shadow }} props */
function Comparison({ found }) {
  const { right = 0, wrong = 0 } = found.answers;
  return html`<div class="two"><${Shares} name=${t("c.silent.decided", { n: found.decided })} of=${found.outcomes} keys=${OUTCOMES} />
      <${Shares} name=${t("c.silent.where", { n: found.outcomes.answer || 0 })} of=${found.answers} keys=${PEOPLE} /></div>
    <p class="sd-small sd-muted">${right + wrong ? t("c.silent.marked", { n: number(right + wrong), right: number(right), wrong: number(wrong) }) : t("c.silent.marked.none")}</p>
    <h3>${t("c.silent.latest")}</h3><ul class="trials">${found.latest.map((one) => html`<${Row} key=${`${one.conversation} ${one.seq}`} one=${one} />`)}</ul>`;
}

export function Silent() {
  const [asking, ask] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const found = shadow.value;
  if (!found) return null;
  const name = site.value?.name || "";
  const next = found.on ? "off" : "on";
  const turn = async () => {
    ask(false);
    try {
      await setShadow(!found.on);
      setProblem(null);
      announce(t(`c.silent.now.${next}`));
    } catch (error) {
      setProblem(error);
    }
  };
  return html`<section class="card" aria-labelledby="silent">
    <div class="card__head"><h2 id="silent">${t("c.silent")}</h2></div>
    <${Switch} id="shadow" label=${t("c.silent.switch", { site: name })} help=${t(found.on ? "c.silent.help.on" : "c.silent.help.off")} checked=${found.on} onChange=${() => {
      // stands where it stood until the question is answered
      const box = /** @type {HTMLInputElement | null} */ (document.getElementById("shadow"));
      if (box) box.checked = found.on;
      ask(true);
    }} />
    ${problem ? html`<${Strip} kind="danger" role="alert">${problemText(problem)}<//>` : null}
    ${found.decided ? html`<${Comparison} found=${found} />` : found.on ? html`<p class="card__none">${t("c.silent.none")}</p>` : null}
    ${found.latest.length === FIRST && found.decided > FIRST ? html`<button type="button" class="sd-btn sd-btn--sm sd-btn--quiet card__more" onClick=${() => readMoreShadow().then(() => setProblem(null), setProblem)}>${t("show_more")}</button>` : null}
    ${asking ? html`<${Ask} title=${t(`c.silent.ask.${next}`, { site: name })} text=${t(`c.silent.ask.${next}.text`)} yes=${t(`c.silent.yes.${next}`)} onYes=${turn} onClose=${() => ask(false)} />` : null}
  </section>`;
}
