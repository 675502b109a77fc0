/** What each frame from the server means for the desk. */
import { get } from "../shared/api.js";
import { batch } from "../shared/preact.js";
import { account } from "../shared/staff/session.js";
import { takeAdvice } from "./advice.js";
import { giveBack } from "./drafts.js";
import { feedOf, feeds, landing, loading, renewAll, show } from "./feeds.js";
import { arrived } from "./receipts.js";
import { isLive } from "./rows.js";
import { lists, listed, notices, openId, present, put, returned, rows, skew, typists } from "./state.js";
import { heed } from "./typing.js";

/**
 * @typedef {import("./state.js").Chat} Chat
 * @typedef {{ link: import("../shared/link.js").Link, outbox: import("../shared/outbox.js").Outbox }} Line
 */

const MISSING_MS = 2_000; // a gap that no live entry closes by then asks for a replay
const TAKEN = ["already_claimed", "not_yours", "refused"]; // the chat has moved on; the words are still good

/** The database that our entries are from. */
export const known = { epoch: "" };
/** Rows that the list under way has brought, until its last page. @type {Set<string> | null} */
let page = null;

/** @param {string} id a chat that is not in the live list: resolved meanwhile, or an old one from an address */
export async function findRow(id) {
  try {
    const { chat } = await get(`/api/v1/conversations/${encodeURIComponent(id)}`);
    put(rows, id, chat);
  } catch {
    if (!rows.value.has(id)) put(notices, id, { code: "unknown_conversation", owner: "", deed: "", message: "" });
  }
}

/** A page of the live chats. Rows that the last page has not brought are gone. @param {import("../shared/wire.d.ts").Chats} chats */
function takeChats({ items, page: number = 1, more }) {
  if (number === 1) page = new Set();
  const brought = page || new Set();
  const next = new Map(rows.value);
  for (const chat of items) if (!brought.has(chat.id)) next.set(chat.id, chat); // a row of its own was newer
  for (const { id } of items) brought.add(id);
  const open = openId.value;
  if (!more) {
    for (const [id, chat] of next) if (isLive(chat) && !brought.has(id) && id !== open) next.delete(id);
    page = null;
  }
  batch(() => {
    rows.value = next;
    listed.value = true;
    if (!more) lists.value += 1;
  });
  if (!more && open && !brought.has(open)) findRow(open);
}

/** @param {import("../shared/wire.d.ts").EntryFrame} frame @param {Line} line */
function takeEntry(frame, { link, outbox }) {
  const feed = feeds.get(frame.conversation);
  if (frame.data.kind === "said") put(typists, frame.conversation, undefined);
  if ("client_id" in frame.data && frame.data.client_id) outbox.acked(frame.data.client_id);
  if (!feed || !feed.take(frame) || frame.conversation !== openId.value) return;
  show(outbox.items);
  if (feed.gap && !loading.open) setTimeout(() => feed.gap && link.send("open", { after_seq: feed.last }, frame.conversation), MISSING_MS);
}

/** @param {import("../shared/wire.d.ts").Fault} fault @param {string | undefined} conversation @param {Line} line */
function takeFault(fault, conversation, { outbox }) {
  const item = fault.client_id ? outbox.refused(fault.client_id, fault.code, fault.retry_after) : undefined;
  const about = item?.conversation || conversation;
  if (!item && fault.code === "not_found" && about) put(notices, about, { code: "unknown_conversation", owner: "", deed: "", message: "" });
  if (!item || !about || item.state !== "failed") return;
  put(notices, about, { code: fault.code, owner: fault.owner || "", deed: item.type, message: fault.message });
  const words = item.type === "reply" || item.type === "note";
  // a reply that came too late goes back to where it was written; a refused deed is over; other words stay, with their reason
  const back = item.type === "reply" && TAKEN.includes(fault.code) && giveBack(account.value?.id || "", about, String(item.data.text));
  if (back) returned.value += 1;
  if (back || !words) outbox.drop(item.client_id);
}

/** @param {import("../shared/wire.d.ts").ServerFrame} frame @param {Line} line */
export function receive(frame, line) {
  const { outbox } = line;
  switch (frame.type) {
    case "staff_welcome":
      if (known.epoch && known.epoch !== frame.data.epoch) renewAll();
      known.epoch = frame.data.epoch;
      present.value = new Map();
      if (frame.ts) skew.value = Date.parse(frame.ts) - Date.now() || 0;
      break;
    case "chats":
      takeChats(frame.data);
      arrived(line.link);
      break;
    case "chat":
      page?.add(frame.conversation);
      put(rows, frame.conversation, frame.data);
      arrived(line.link);
      break;
    case "replay_begin":
      loading.open ||= frame.conversation === openId.value && !feedOf(openId.value).shown.length;
      feeds.get(frame.conversation)?.begin(frame.data.from_seq);
      break;
    case "replay_end":
      feeds.get(frame.conversation)?.end(frame.data.to_seq);
      if (frame.conversation === openId.value) {
        loading.open = false;
        show(outbox.items);
      }
      break;
    case "resync_required":
      if (frame.conversation && frame.conversation !== openId.value) feeds.get(frame.conversation)?.clear();
      else frame.conversation ? feedOf(frame.conversation).renew() : renewAll();
      break;
    case "history":
      feeds.get(frame.conversation)?.past(frame.data);
      show(outbox.items);
      break;
    case "entry":
      takeEntry(frame, line);
      break;
    case "ack": {
      const item = outbox.acked(frame.data.client_id);
      const feed = feeds.get(openId.value);
      if (item && (item.data.text || item.type === "judge") && item.conversation === openId.value && feed && feed.last < frame.data.seq) landing.set(item.client_id, { item, seq: frame.data.seq });
      show(outbox.items);
      break;
    }
    case "suggestions":
      takeAdvice(frame.conversation, frame.data);
      break;
    case "typing":
      heed(frame.conversation, frame.data);
      break;
    case "presence":
      put(present, frame.conversation, frame.data.here);
      break;
    case "seen":
    case "delivered": {
      const chat = rows.value.get(frame.conversation);
      const who = frame.data.who === "customer" ? "customer" : "staff";
      const side = frame.type === "seen" ? /** @type {const} */ (`seen_by_${who}`) : /** @type {const} */ (`delivered_to_${who}`);
      if (chat && (chat[side] || 0) < frame.data.seq) put(rows, chat.id, { ...chat, [side]: frame.data.seq });
      break;
    }
    case "error":
      takeFault(frame.data, frame.conversation || undefined, line);
  }
}
