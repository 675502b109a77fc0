/** What the desk knows, as signals: every row, the open chat's log, what is on its way. Views read these, desk.js writes them. */
import { signal } from "../shared/preact.js";
import { isLive } from "./rows.js";

/**
 * @typedef {import("../shared/wire.d.ts").Chat} Chat
 * @typedef {import("../shared/wire.d.ts").EntryFrame} EntryFrame
 * @typedef {import("../shared/outbox.js").Item} Item
 * @typedef {"claim" | "release" | "hand_back" | "resolve"} Deed
 * @typedef {{ code: string, owner: string, deed: string, message: string }} Notice
 */

/** @type {import("../shared/preact.js").Signal<Map<string, Chat>>} */
export const rows = signal(new Map());
/** False until the first list has come. */
export const listed = signal(false);
/** @type {import("../shared/preact.js").Signal<import("../shared/link.js").LinkStatus>} */
export const status = signal("idle");
export const retryAt = signal(0);
/** True from the moment that the line is lost until it is back. */
export const cutOff = signal(false);
/** True for some seconds after a lost line has come back. */
export const backAgain = signal(false);
export const openId = signal("");
/** The open chat's entries, once its history is complete; null while it loads. @type {import("../shared/preact.js").Signal<EntryFrame[] | null>} */
export const entries = signal(null);
/** Replies, notes and deeds that have no ack yet, or were refused. @type {import("../shared/preact.js").Signal<Item[]>} */
export const unsent = signal([]);
/** Who writes in which chat. @type {import("../shared/preact.js").Signal<Map<string, { name: string, who: string }>>} */
export const typists = signal(new Map());
/** What was refused, by chat. @type {import("../shared/preact.js").Signal<Map<string, Notice>>} */
export const notices = signal(new Map());
/** Whether older entries of the open chat can be asked for. */
export const earlier = signal(false);
/** Whether a customer's page is open, by chat, as far as we were told. @type {import("../shared/preact.js").Signal<Map<string, boolean>>} */
export const present = signal(new Map());
/** How many times the whole list has come. */
export const lists = signal(0);
/** How many replies have come back to the text field they were written in. */
export const returned = signal(0);
/** Milliseconds that the server's clock is ahead of ours. */
export const skew = signal(0);

/** @template K, V @param {import("../shared/preact.js").Signal<Map<K, V>>} map @param {K} key @param {V | undefined} value undefined removes it */
export function put(map, key, value) {
  const next = new Map(map.value);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  map.value = next;
}

/** @param {Chat[]} items rows that a page of the archive brought; live ones here are newer and win */
export function addRows(items) {
  const next = new Map(rows.value);
  for (const chat of items) if (!next.has(chat.id) || !isLive(/** @type {Chat} */ (next.get(chat.id)))) next.set(chat.id, chat);
  rows.value = next;
}
