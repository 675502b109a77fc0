/** The handoff brief above the log: why, what was asked, and one fold away what the assistant tried, with its scores. */
import { html, useEffect, useMemo, useRef, useState } from "../shared/preact.js";
import { Icon, Tag } from "../shared/staff/parts.js";
import { keep, recall } from "../shared/staff/preferences.js";
import { account, may } from "../shared/staff/session.js";
import { useMedia } from "../shared/staff/shell.js";
import { clock, score, t } from "../shared/staff/strings.js";
import { advice, openingOf } from "./advice.js";
import { Source, use } from "./advising.js";
import { makeBrief } from "./brief.js";
import { isMine } from "./rows.js";
import { entries } from "./state.js";

/** @typedef {import("./brief.js").Try} Try */

const READ = "svardesk.staff.briefs";
const MOST_READ = 200;

/** @param {{ value: number }} props */
const Bar = ({ value }) => html`<span class="sd-progress" style=${{ "--v": `${Math.round(value * 100)}%`, "--c": "var(--sd-bot-fill)" }}><i></i></span>`;

/** Why this try became no answer, or that it did. @param {Try} attempt @param {number} rank */
function verdict(attempt, rank) {
  const values = { threshold: score(attempt.threshold) };
  if (attempt.outcome === "answer") return t(rank === 0 ? "try.answered" : "try.not_used", values);
  if (attempt.outcome === "offer" && attempt.offered.includes(attempt.hits[rank].article)) return t(attempt.hits[rank].certainty >= attempt.threshold ? "try.too_close" : "try.offered", values);
  return t(attempt.hits[rank].certainty >= attempt.threshold ? "try.not_sent" : "try.below", values);
}

/** @param {{ attempt: Try, lang: string }} props */
function Attempt({ attempt, lang }) {
  const [shown, setShown] = useState(-1);
  return html`<div class="attempt"><p class="attempt__q" lang=${lang}>“${attempt.question}”</p>
    ${attempt.hits.length
      ? attempt.hits.slice(0, 3).map(
          (hit, rank) => html`<div class="try" key=${hit.article}><span class="sd-score">${score(hit.certainty)}</span><a class="sd-trunc" lang=${hit.language} href=${`/help/${encodeURIComponent(hit.language)}/${encodeURIComponent(hit.article)}`} target="_blank" rel="noopener">${hit.title}</a>
            ${hit.passage ? html`<button type="button" class="sd-btn sd-btn--link sd-tiny" aria-expanded=${shown === rank} onClick=${() => setShown(shown === rank ? -1 : rank)}>${t(shown === rank ? "try.hide" : "try.show")}</button>` : html`<span></span>`}
            <p class="sd-tiny sd-faint">${verdict(attempt, rank)}</p>
            ${shown === rank ? html`<p class="try__passage" lang=${hit.language}>${hit.passage}</p>` : null}</div>`,
        )
      : html`<p class="sd-tiny sd-faint attempt__none">${t("try.nothing")}</p>`}
  </div>`;
}

/** @returns {string[]} */
const read = () => recall(READ, []);

/** Unfolded once, on a screen with room; folded when it has been read: the chat was left, or answered. @param {string} key of this handoff, "" for none @param {number} replied @param {(open: boolean) => void} onToggle */
function useReading(key, replied, onToggle) {
  const phone = useMedia("(max-width: 720px)");
  const answered = useRef(0);
  useEffect(() => {
    if (!key) return;
    answered.current = replied;
    onToggle(!phone && !read().includes(key));
    return () => void keep(READ, [...read().filter((each) => each !== key), key].slice(-MOST_READ));
  }, [key, phone]);
  useEffect(() => {
    if (key && replied > answered.current) onToggle(false);
    answered.current = replied;
  }, [replied]);
}

/** @param {{ chat: import("./state.js").Chat, open: boolean, onToggle: (open: boolean) => void }} props */
export function Briefing({ chat, open, onToggle }) {
  const list = entries.value;
  const brief = useMemo(() => makeBrief(list || []), [list]);
  const [tries, setTries] = useState(false);
  useEffect(() => setTries(false), [chat.id]);
  useReading(brief ? `${chat.id}.${brief.seq}` : "", brief?.replied || 0, onToggle);
  const found = advice.value.get(chat.id);
  const opening = openingOf(found);
  const upset = found?.mood === "upset";
  if (!brief) return null;
  const useful = may("agent") && (chat.status === "queued" || isMine(chat, account.value?.id || ""));
  const gist = brief.asked[brief.asked.length - 1] || t("brief.nothing_said");
  return html`<div class="convo__top"><details class="brief sd-details" open=${open} aria-label=${t("brief")} onToggle=${(/** @type {Event} */ event) => event.target === event.currentTarget && onToggle(/** @type {HTMLDetailsElement} */ (event.target).open)}>
    <summary class="brief__head"><${Icon} name="right" size="sm" /><b>${t("brief")}</b><span class="brief__gist sd-trunc" lang=${chat.language}>${gist}</span>${upset ? html`<${Tag} kind="danger" class="brief__mood"><${Icon} name="warn" size="sm" />${t("mood.upset")}<//>` : null}<${Tag} kind="warn" class="brief__why">${t(`reason.${brief.reason}`)}<//></summary>
    <dl>
      <dt>${t("brief.why")}</dt><dd>${t(`reason.${brief.reason}.long`)}${brief.at ? html` <span class="sd-faint sd-num">${clock(brief.at)}</span>` : null}</dd>
      <dt>${t("brief.asked")}</dt><dd>${brief.asked.length ? html`<ul class="brief__asked" lang=${chat.language}>${brief.asked.map((text, i) => html`<li key=${i} title=${text}>${text}</li>`)}</ul>` : t("brief.nothing_said")}</dd>
      ${found ? html`<dt>${t("brief.mood")}</dt><dd>${t(`mood.${found.mood}`)}${found.signs?.length ? html` <span class="sd-faint">(${found.signs.map((sign) => t(`sign.${sign}`)).join(", ")})</span>` : null}</dd>` : null}
      ${opening ? html`<dt>${t("brief.reply")}</dt><dd class="brief__reply"><div><p lang=${opening.language}>${opening.sentence}</p><${Source} item=${opening} lang=${chat.language} /></div>${useful ? html`<button type="button" class="sd-btn sd-btn--sm" aria-label=${t("advice.use.of", { title: opening.title })} onClick=${() => use(opening, chat.id)}>${t("advice.use")}</button>` : null}</dd>` : null}
      ${brief.email ? html`<dt>${t("fact.email")}</dt><dd>${t("brief.wants_email", { email: brief.email })}</dd>` : null}
    </dl>
    ${brief.tries.length
      ? html`<details class="sd-details brief__tries" open=${tries} onToggle=${(/** @type {Event} */ event) => event.target === event.currentTarget && setTries(/** @type {HTMLDetailsElement} */ (event.target).open)}>
          <summary><${Icon} name="right" size="sm" /><span>${t("brief.tried", { n: brief.tries.length })}</span><span class="sd-score brief__best">${t("brief.best", { score: score(brief.best) })}<${Bar} value=${brief.best} /></span></summary>
          <div class="brief__list">${brief.tries.map((attempt) => html`<${Attempt} key=${attempt.about} attempt=${attempt} lang=${chat.language} />`)}</div>
        </details>`
      : brief.asked.length ? null : html`<p class="brief__none sd-faint">${t("brief.not_tried")}</p>`}
  </details></div>`;
}
