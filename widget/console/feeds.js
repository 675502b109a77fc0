/** The logs that this screen has: the open chat's as signals, some shut ones kept, and what is on its way below them. */
import { Feed } from "../shared/feed.js";
import { earlier, entries, openId, unsent } from "./state.js";

/** @typedef {import("./state.js").Item} Item */

const KEPT_FEEDS = 20;

/** @type {Map<string, Feed>} */
export const feeds = new Map();
/** Acked, entry not yet seen: shown until it is, so that nothing flickers. @type {Map<string, { item: Item, seq: number }>} */
export const landing = new Map();
/** The open chat is being sent, and there is nothing of it to show until it is here. */
export const loading = { open: false };

/** @param {readonly Item[]} [waiting] what the outbox holds */
export function show(waiting) {
  const feed = feeds.get(openId.value);
  if (feed && !loading.open) {
    entries.value = [...feed.shown];
    earlier.value = feed.first > 1;
    for (const [id, { item, seq }] of landing) if (item.conversation !== openId.value || feed.last >= seq) landing.delete(id);
  }
  if (waiting) unsent.value = [...[...landing.values()].map(({ item }) => item), ...waiting];
}

/** @param {string} conversation @returns {Feed} */
export function feedOf(conversation) {
  const feed = feeds.get(conversation) || new Feed();
  feeds.delete(conversation); // to the end: the oldest unused goes first
  feeds.set(conversation, feed);
  for (const id of feeds.keys()) if (feeds.size > KEPT_FEEDS && id !== openId.value) feeds.delete(id);
  return feed;
}

/** Everything that the server says differs from what we have. The open chat stays on the screen until it has come anew. */
export function renewAll() {
  for (const [id, feed] of feeds) id === openId.value ? feed.renew() : feed.clear();
}
