/** What may help to answer the open chat: asked of the server when the customer has written, kept for chats opened lately. */
import { effect, signal } from "../shared/preact.js";
import { entries, openId, put, rows, status } from "./state.js";

/**
 * @typedef {import("../shared/wire.d.ts").Suggestion} Suggestion
 * @typedef {import("../shared/wire.d.ts").Suggestions & { key: string }} Advice key: what was asked about
 */

const SOON_MS = 300; // what comes in a burst is asked about once
const PATIENCE_MS = 20_000;
const KEPT = 50;
const SURE = 0.15; // certainty from which the assistant itself would have offered an article
const OF_PEOPLE = ["queued", "assigned", "snoozed"];

/** @type {import("../shared/preact.js").Signal<Map<string, Advice>>} */
export const advice = signal(new Map());
/** The chat that is being looked into just now, "" for none. */
export const asking = signal("");

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let asked = "";

/** What there is to ask about in the open chat, "" for nothing: it changes when the answer may. */
function keyNow() {
  const chat = rows.value.get(openId.value);
  const list = entries.value;
  if (!chat || !list || status.value !== "online") return "";
  let last = 0;
  let handoff = 0;
  for (const { seq, data } of list) {
    if (data.kind === "said") last = seq;
    if (data.kind === "handoff") handoff = seq;
  }
  const people = OF_PEOPLE.includes(chat.status);
  return last && (people || handoff) ? `${last}.${handoff}.${people}` : "";
}

/** @param {string} chat @param {Partial<Advice>} found */
function hold(chat, found) {
  clearTimeout(timer);
  if (asking.peek() === chat) asking.value = "";
  const before = advice.peek().get(chat);
  put(advice, chat, { seq: 0, mood: before?.mood || "calm", signs: before?.signs, ...found, key: asked });
  const [oldest] = advice.peek().keys();
  if (advice.peek().size > KEPT && oldest !== chat) put(advice, oldest, undefined);
}

/** The server's answer. @param {string} chat @param {import("../shared/wire.d.ts").Suggestions} found */
export function takeAdvice(chat, found) {
  if (asking.peek() === chat) hold(chat, found);
}

/** Forgets what failed, so that it is asked again. @param {string} chat */
export const askAgain = (chat) => put(advice, chat, undefined);

/** @param {(chat: string) => boolean} ask sends the question; false when the line is gone */
export function watchAdvice(ask) {
  effect(() => {
    const key = keyNow();
    const chat = openId.value;
    const held = advice.value.get(chat);
    if (!key || held?.key === key) {
      if (asking.peek() && (asking.peek() !== chat || status.value !== "online")) {
        clearTimeout(timer);
        asking.value = "";
      }
      return;
    }
    if (asking.peek() === chat && asked === key) return;
    clearTimeout(timer);
    asking.value = chat;
    asked = key;
    timer = setTimeout(() => {
      if (!ask(chat)) asking.value = "";
      else timer = setTimeout(() => hold(chat, { looked: true, failed: true }), PATIENCE_MS);
    }, held ? SOON_MS : 0);
  });
}

/** @param {Suggestion} item */
export const isInternal = (item) => item.audience === "internal";

/** What the brief proposes to say: from the log, else the surest article that customers may read. @param {Advice | undefined} found @returns {Suggestion | undefined} */
export const openingOf = (found) => found?.reply || found?.items?.find((item) => !isInternal(item) && item.certainty >= SURE);

/** What goes into the text field: the sentence, and where it stands. @param {Suggestion} item */
export const wordsOf = ({ sentence, url }) => `${sentence}\n${new URL(url, location.origin).href}`;
