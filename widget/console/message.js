/** One group of bubbles in the log, and the lines between the groups. */
import { html, useState } from "../shared/preact.js";
import { AssistantAvatar, Avatar, Icon } from "../shared/staff/parts.js";
import { clock, day, score, t } from "../shared/staff/strings.js";
import { discard, retry } from "./desk.js";
import { status } from "./state.js";
import { Verdict } from "./verdict.js";
import { lineText, noticeText } from "./words.js";

/** @typedef {import("./thread.js").Bubble} Bubble @typedef {import("./thread.js").Speech} Speech @typedef {import("./state.js").Chat} Chat */

const FOLD_LINES = 40;
const FOLD_SIGNS = 2600; // about as many lines at 60 signs each

/** Addresses in plain words become links; only http and https. @param {string} text */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/u).map((part, i) => (i % 2 ? html`<a href=${part} target="_blank" rel="noopener noreferrer nofollow">${part}</a>` : part));
}

/** @param {{ bubble: Bubble, lang?: string }} props */
function Words({ bubble, lang }) {
  const [all, setAll] = useState(false);
  if (bubble.html) return html`<div class="sd-bubble answer" lang=${lang} dangerouslySetInnerHTML=${{ __html: bubble.html }}></div>`;
  const lines = bubble.text.split("\n");
  const long = !all && (lines.length > FOLD_LINES || bubble.text.length > FOLD_SIGNS);
  const text = long ? `${lines.slice(0, FOLD_LINES).join("\n").slice(0, FOLD_SIGNS)} …` : bubble.text;
  return html`<div class="sd-bubble plain" lang=${lang}>${linked(text)}${long ? html`<button type="button" class="sd-btn sd-btn--link plain__all" onClick=${() => setAll(true)}>${t("show_all")}</button>` : null}</div>`;
}

/** @param {{ source: import("./thread.js").Source }} props */
const Article = ({ source }) => html`<a href=${source.url} target="_blank" rel="noopener" lang=${source.language} class="sd-trunc">${source.title}</a>`;

/** @param {{ bubbles: Bubble[] }} props */
function Backing({ bubbles }) {
  const answer = bubbles.find((bubble) => bubble.source);
  const offer = bubbles.find((bubble) => bubble.choices?.length);
  if (answer?.source) return html`<p class="sd-msg__meta"><${Icon} name="doc" size="sm" /><${Article} source=${answer.source} />${answer.certainty === undefined ? null : html`<span><span aria-hidden="true">· </span>${t("certain", { score: score(answer.certainty) })}</span>`}</p>`;
  if (offer?.choices) return html`<p class="sd-msg__meta offered"><${Icon} name="doc" size="sm" /><span>${t("offered")}</span>${offer.choices.map((source) => html`<${Article} key=${source.article} source=${source} />`)}</p>`;
  return null;
}

/** Sent, delivered, seen. @param {Chat} chat @param {number} seq */
function reach({ seen_by_customer = 0, delivered_to_customer = 0 }, seq) {
  return seq <= seen_by_customer ? "seen" : seq <= delivered_to_customer ? "delivered" : "sent";
}

/** What became of an own message. @param {{ item: Speech, chat: Chat, onEdit: (text: string, note: boolean) => void }} props */
function Fate({ item, chat, onEdit }) {
  const unsent = item.bubbles[item.bubbles.length - 1].unsent;
  if (!unsent) {
    const state = reach(chat, item.seq);
    return html`<p class=${`sd-msg__meta fate--${state}`}><span>${t("you")} ${clock(item.at)}</span>${item.who === "own" ? html`<span aria-hidden="true">·</span><span>${t(state)}</span><${Icon} name=${state === "sent" ? "check" : "checks"} size="sm" />` : null}</p>`;
  }
  if (unsent.state !== "failed") return html`<p class="sd-msg__meta"><${Icon} name="clock" size="sm" /><span>${t(status.value === "online" ? "sending" : "sent_later")}</span></p>`;
  return html`<p class="sd-msg__meta fate--failed" role="alert"><${Icon} name="warn" size="sm" /><span>${t("not_sent")} ${noticeText({ code: unsent.code || "", owner: "", deed: unsent.type, message: "" })}</span>
    <button type="button" class="sd-btn sd-btn--link" onClick=${() => retry(unsent.client_id)}>${t("try_again")}</button>
    <button type="button" class="sd-btn sd-btn--link" onClick=${() => {
      discard(unsent.client_id);
      onEdit(String(unsent.data.text), unsent.type === "note");
    }}>${t("edit")}</button>
    <button type="button" class="sd-btn sd-btn--link" onClick=${() => discard(unsent.client_id)}>${t("discard")}</button></p>`;
}

/** @param {{ item: Speech, chat: Chat, me: { id: string, name: string }, onEdit: (text: string, note: boolean) => void, dots?: unknown }} props */
export function Group({ item, chat, me, onEdit, dots }) {
  const { who, bubbles } = item;
  const lang = who === "note" ? undefined : chat.language;
  const stack = html`<div class="sd-msg__stack">${bubbles.map((bubble) => html`<${Words} key=${bubble.key} bubble=${bubble} lang=${lang} />`)}${dots}</div>`;
  const look = `sd-msg sd-msg--${who}${item.pending ? " sd-msg--pending" : ""}${item.failed ? " sd-msg--failed" : ""}`;
  if (who === "own") return html`<article class=${look}><span class="sd-sr">${t("you")}:</span>${stack}<${Fate} item=${item} chat=${chat} onEdit=${onEdit} /></article>`;
  const ours = who === "note" && !item.agent && Boolean(item.name); // written by the assistant, for colleagues
  const own = who === "note" && !ours && (item.agent === me.id || !item.agent);
  const name = own ? me.name : item.name;
  const by = {
    customer: html`<b>${t("customer")}</b>`,
    bot: html`<b>${t("assistant")}</b>`,
    agent: html`<b>${name}</b>`,
    note: html`<b>${t("note_to_colleagues")}</b> ${own ? t("you") : ours ? t("assistant") : name.split(" ")[0]}`,
  }[who];
  const answer = bubbles.find((bubble) => bubble.answer)?.answer;
  return html`<article class=${look} data-answer=${answer}><p class="sd-msg__by"><span>${by} ${clock(item.at)}</span></p>
    ${who === "bot" || ours ? html`<${AssistantAvatar} />` : html`<${Avatar} id=${who === "customer" ? chat.id : item.agent || me.id} name=${who === "customer" ? "" : name} />`}
    ${stack}
    ${who === "bot" ? html`<${Backing} bubbles=${bubbles} />` : null}
    ${answer ? html`<${Verdict} seq=${answer} />` : null}
    ${bubbles.some((bubble) => bubble.chosen) ? html`<p class="sd-msg__meta">${t("chose_offered")}</p>` : null}
    ${own && (item.pending || item.failed) ? html`<${Fate} item=${item} chat=${chat} onEdit=${onEdit} />` : null}</article>`;
}

/** @param {{ item: import("./thread.js").Line }} props */
export function Line({ item }) {
  if (item.kind === "line.rated") {
    const value = Number(item.values.value);
    return html`<div class="rated"><${Icon} name=${`f${value}`} size="lg" /><div><p>${t("line.rated", { n: value, word: t(`rating.${value}`) })}</p>${item.values.comment ? html`<p class="rated__words">${item.values.comment}</p>` : null}</div><span class="sd-tiny sd-faint">${clock(item.at)}</span></div>`;
  }
  const joined = item.kind.includes("+");
  return html`<p class="sd-sys sd-sys--rule"><span>${lineText(item.kind, item.values)}${joined ? null : html` <span class="sd-num">${clock(item.at)}</span>`}</span></p>`;
}

/** @param {{ at: number }} props */
export const Day = ({ at }) => html`<p class="sd-sys day"><span>${day(at)}</span></p>`;
