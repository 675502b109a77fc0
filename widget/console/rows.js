/** Pure: what the list of chats shows, from the rows and the clock alone. */

/**
 * @typedef {import("../shared/wire.d.ts").Chat} Chat
 * @typedef {"waiting" | "mine" | "colleagues" | "assistant" | "snoozed" | "resolved"} Group
 */

/** Minutes within which a waiting customer should have a person. Amber past half of it, red past it. */
export const WAIT_GOAL_MIN = 10;

/** @type {readonly Group[]} */
export const GROUPS = ["waiting", "mine", "colleagues", "assistant", "snoozed", "resolved"];

const PEOPLES = new Set(["queued", "assigned", "snoozed"]);
const LIVE = new Set(["bot", ...PEOPLES]);

/** @param {Chat} chat */
export const isLive = (chat) => LIVE.has(chat.status);

/** @param {Chat} chat @param {string} me account id */
export const isMine = (chat, me) => chat.owner === `agent:${me}`;

/** @param {Chat} chat @param {string} me @returns {Group} */
export function groupOf(chat, me) {
  if (chat.status === "queued") return "waiting";
  if (chat.status === "snoozed") return "snoozed";
  if (chat.status === "assigned") return isMine(chat, me) ? "mine" : "colleagues";
  return chat.status === "bot" ? "assistant" : "resolved";
}

/**
 * Whether the customer has written something that no colleague has seen. What the assistant alone answers is for nobody to
 * read. How many is not known: numbers are of entries.
 * @param {Chat} chat
 */
export const unread = (chat) => PEOPLES.has(chat.status) && (chat.last_said || 0) > (chat.seen_by_staff || 0);

/** @param {Chat} chat */
export const waitingSince = (chat) => Date.parse(chat.queued_at || chat.waiting_since || chat.updated_at);

/** @param {number} ms @returns {"" | "soon" | "late"} */
export function urgency(ms) {
  const minutes = ms / 60_000;
  return minutes > WAIT_GOAL_MIN ? "late" : minutes > WAIT_GOAL_MIN / 2 ? "soon" : "";
}

/** @param {Chat} chat @param {string} words in lower case */
function matches(chat, words) {
  return [chat.title, chat.last_text, chat.email, chat.agent].some((text) => (text || "").toLowerCase().includes(words));
}

/**
 * The groups, each in its order: waiting longest first, all others newest word first. Ties by id, so that nothing jumps.
 * @param {Iterable<Chat>} chats @param {string} me @param {string} [search]
 * @returns {Record<Group, Chat[]>}
 */
export function arrange(chats, me, search = "") {
  /** @type {Record<Group, Chat[]>} */
  const groups = { waiting: [], mine: [], colleagues: [], assistant: [], snoozed: [], resolved: [] };
  const words = search.trim().toLowerCase();
  for (const chat of chats) if (!words || matches(chat, words)) groups[groupOf(chat, me)].push(chat);
  for (const group of GROUPS) {
    groups[group].sort(
      group === "waiting"
        ? (a, b) => waitingSince(a) - waitingSince(b) || (a.id < b.id ? -1 : 1)
        : (a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at) || (a.id < b.id ? -1 : 1),
    );
  }
  return groups;
}
