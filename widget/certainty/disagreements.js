/** Answers that one calls right and another wrong, with the way to the chat. */
import { html } from "../shared/preact.js";
import { Icon, Tag } from "../shared/staff/parts.js";
import { dateTime, languageName, t } from "../shared/staff/strings.js";
import { languages, torn } from "./reading.js";
import { chatAddress, whoSaid } from "./words.js";

/** @param {{ one: import("./reading.js").Torn }} props */
function Row({ one }) {
  const [first] = one.labels;
  const name = one.title || first.article;
  const last = one.labels.reduce((a, b) => (a.at > b.at ? a : b));
  return html`<li class="torn">
    <div class="torn__what"><a href=${`/help/${encodeURIComponent(first.language)}/${encodeURIComponent(first.article)}`} target="_blank" rel="noopener" class="sd-trunc" title=${name}>${name}</a><span class="sd-tiny sd-faint">${languageName(first.language)}, ${dateTime(last.at)}</span></div>
    <ul class="torn__who">${one.labels.map((label) => html`<li key=${`${label.source} ${label.name}`}><${Icon} name=${label.right ? "check" : "close"} size="sm" />${whoSaid(label)}</li>`)}</ul>
    <${Tag} kind=${one.right ? "ok" : "danger"}>${t(one.right ? "c.counts.right" : "c.counts.wrong")}<//>
    <a class="sd-btn sd-btn--sm" href=${chatAddress(first.conversation)}>${t("c.chat")}<span class="sd-sr">, ${name}</span></a>
  </li>`;
}

export function Disagreements() {
  const found = torn.value;
  if (!found || !languages.value.some((report) => report.wrong_answer_rate.labels || report.contradictions)) return null;
  return html`<section class="card" aria-labelledby="torn">
    <div class="card__head"><div><h2 id="torn">${t("c.torn")}</h2><p class="sd-small sd-muted">${found.total ? t("c.torn.text") : t("c.torn.none")}</p></div></div>
    ${found.items.length ? html`<ul class="torns">${found.items.map((one) => html`<${Row} key=${`${one.labels[0].conversation} ${one.labels[0].seq}`} one=${one} />`)}</ul>` : null}
    ${found.total > found.items.length ? html`<p class="sd-small sd-faint">${t("c.torn.more", { n: found.total - found.items.length })}</p>` : null}
  </section>`;
}
