/**
 * The agent's desk: every row, the open chat's log, what is on its way, and the one socket that keeps them true.
 *
 * The server's list replaces ours at each connect, the open chat resumes by number: after a lost line the screen is as good
 * as after a reload. Views read the signals and call the verbs; nobody else touches the socket.
 */
import { get } from "../shared/api.js";
import { Feed } from "../shared/feed.js";
import { Link } from "../shared/link.js";
import { Outbox } from "../shared/outbox.js";
import { batch } from "../shared/preact.js";
import { account, resume, signedOut } from "../shared/staff/session.js";
import { wakeWithPage } from "../shared/wake.js";
import { keptWords } from "./drafts.js";
import { isLive } from "./rows.js";
import { backAgain, cutOff, entries, listed, notices, openId, put, retryAt, rows, skew, status, typists, unsent } from "./state.js";
import { heed } from "./typing.js";

/**
 * @typedef {import("./state.js").Chat} Chat
 * @typedef {import("./state.js").EntryFrame} EntryFrame
 * @typedef {import("./state.js").Item} Item
 * @typedef {import("./state.js").Deed} Deed
 */

const BACK_MS = 4_000;
const KEPT_FEEDS = 20;
const MISSING_MS = 2_000; // a gap that no live entry closes by then asks for a replay

/** @type {Map<string, Feed>} */
const feeds = new Map();
/** Acked, entry not yet seen: shown until it is, so that nothing flickers. @type {Map<string, { item: Item, seq: number }>} */
const landing = new Map();
let epoch = "";
let replaying = false;
/** The chat that this socket has been asked for. */
let asked = "";
/** @type {Link} */
let link;
/** @type {Outbox} */
let outbox;

function show() {
  const feed = feeds.get(openId.value);
  if (!feed || replaying) return;
  entries.value = [...feed.entries];
  for (const [id, { item, seq }] of landing) if (item.conversation !== openId.value || feed.last >= seq) landing.delete(id);
  showUnsent();
}

function showUnsent() {
  unsent.value = [...[...landing.values()].map(({ item }) => item), ...outbox.items];
}

/** @param {string} conversation @returns {Feed} */
function feedOf(conversation) {
  const feed = feeds.get(conversation) || new Feed();
  feeds.delete(conversation); // to the end: the oldest unused goes first
  feeds.set(conversation, feed);
  for (const id of feeds.keys()) if (feeds.size > KEPT_FEEDS && id !== openId.value) feeds.delete(id);
  return feed;
}

/** Shows a chat. An empty id shuts the open one. @param {string} id */
export function open(id) {
  const before = openId.value;
  if (before === id) return;
  if (before) link?.send("shut", undefined, before);
  const feed = id ? feedOf(id) : new Feed();
  // what we have is shown at once; the replay adds what came while the chat was shut
  replaying = Boolean(id) && feed.entries.length === 0;
  batch(() => {
    openId.value = id;
    entries.value = feed.entries.length ? [...feed.entries] : null;
  });
  if (!id) return;
  if (link?.send("open", { after_seq: feed.last }, id)) asked = id;
  if (listed.value && !rows.value.has(id)) findRow(id);
}

/** @param {string} id a chat that is not in the live list: resolved meanwhile, or an old one from an address */
async function findRow(id) {
  try {
    const { chat } = await get(`/api/v1/conversations/${encodeURIComponent(id)}`);
    put(rows, id, chat);
  } catch {
    if (!rows.value.has(id)) put(notices, id, { code: "unknown_conversation", owner: "", deed: "", message: "" });
  }
}

/** Claim, release, hand back or resolve. @param {Deed} deed @param {string} conversation */
export function act(deed, conversation) {
  put(notices, conversation, undefined);
  outbox.add(deed, {}, conversation);
}

/** @param {"reply" | "note"} type @param {string} conversation @param {string} text */
export function write(type, conversation, text) {
  put(notices, conversation, undefined);
  outbox.add(type, { text }, conversation);
}

/** @param {string} client_id */
export const retry = (client_id) => outbox.retry(client_id);
/** @param {string} client_id */
export const discard = (client_id) => void outbox.drop(client_id);
/** @param {string} conversation */
export const dismiss = (conversation) => put(notices, conversation, undefined);
export const reconnect = () => link.restart();
/** @param {string} conversation @param {boolean} on */
export const tellTyping = (conversation, on) => void link.send("typing", { on }, conversation);
/** @param {string} conversation @param {number} seq */
export const tellSeen = (conversation, seq) => link.send("seen", { seq }, conversation);

/** @param {EntryFrame} frame */
function takeEntry(frame) {
  const feed = feeds.get(frame.conversation);
  if (frame.data.kind === "said") put(typists, frame.conversation, undefined);
  if ("client_id" in frame.data && frame.data.client_id) outbox.acked(frame.data.client_id);
  if (!feed || !feed.take(frame) || frame.conversation !== openId.value) return;
  show();
  if (feed.gap && !replaying) setTimeout(() => feed.gap && link.send("open", { after_seq: feed.last }, frame.conversation), MISSING_MS);
}

/** @param {import("../shared/wire.d.ts").Fault} fault @param {string} [conversation] */
function takeFault(fault, conversation) {
  const item = fault.client_id ? outbox.refused(fault.client_id, fault.code, fault.retry_after) : undefined;
  const about = item?.conversation || conversation;
  if (!item && fault.code === "not_found" && about) put(notices, about, { code: "unknown_conversation", owner: "", deed: "", message: "" });
  if (!item || !about || item.state !== "failed") return;
  put(notices, about, { code: fault.code, owner: fault.owner || "", deed: item.type, message: fault.message });
  // a refused deed is over, only words are worth keeping
  if (item.type !== "reply" && item.type !== "note") outbox.drop(item.client_id);
}

/** @param {import("../shared/wire.d.ts").ServerFrame} frame */
function onFrame(frame) {
  switch (frame.type) {
    case "staff_welcome":
      if (epoch && epoch !== frame.data.epoch) for (const feed of feeds.values()) feed.clear();
      epoch = frame.data.epoch;
      if (frame.ts) skew.value = Date.parse(frame.ts) - Date.now() || 0;
      break;
    case "chats": {
      const next = new Map([...rows.value].filter(([, chat]) => !isLive(chat)));
      for (const chat of frame.data.items) next.set(chat.id, chat);
      const lost = openId.value && !next.has(openId.value);
      batch(() => {
        if (lost && rows.value.has(openId.value)) next.set(openId.value, /** @type {Chat} */ (rows.value.get(openId.value)));
        rows.value = next;
        listed.value = true;
      });
      if (lost) findRow(openId.value);
      break;
    }
    case "chat":
      put(rows, frame.conversation, frame.data);
      break;
    case "replay_begin":
      replaying ||= frame.conversation === openId.value;
      feeds.get(frame.conversation)?.begin(frame.data.from_seq);
      break;
    case "replay_end":
      feeds.get(frame.conversation)?.end(frame.data.to_seq);
      if (frame.conversation === openId.value) {
        replaying = false;
        show();
      }
      break;
    case "resync_required":
      for (const [id, feed] of feeds) if (!frame.conversation || id === frame.conversation) feed.clear();
      break;
    case "entry":
      takeEntry(frame);
      break;
    case "ack": {
      const item = outbox.acked(frame.data.client_id);
      const feed = feeds.get(openId.value);
      if (item?.data.text && item.conversation === openId.value && feed && feed.last < frame.data.seq) landing.set(item.client_id, { item, seq: frame.data.seq });
      showUnsent();
      break;
    }
    case "typing":
      heed(frame.conversation, frame.data);
      break;
    case "seen": {
      const chat = rows.value.get(frame.conversation);
      const side = frame.data.who === "customer" ? "seen_by_customer" : "seen_by_staff";
      if (chat && (chat[side] || 0) < frame.data.seq) put(rows, chat.id, { ...chat, [side]: frame.data.seq });
      break;
    }
    case "error":
      takeFault(frame.data, frame.conversation || undefined);
  }
}

/** A handshake that fails looks the same for a server that is away and for a session that is over: ask which. */
async function whyShut() {
  await resume().catch((problem) => {
    if (problem.status === 401) {
      signedOut.value = true;
      link.stop();
    }
  });
}

/** Connects. The session must have been resumed. */
export function sitDown() {
  outbox = new Outbox({
    keep: keptWords(account.value?.id || ""),
    send: ({ type, data, conversation, client_id }) => link.send(type, { ...data, client_id }, conversation),
    stalled: () => link.restart(),
    changed: () => queueMicrotask(showUnsent),
  });
  link = new Link({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/staff`,
    hello: () => {
      asked = openId.value;
      return { epoch: epoch || undefined, resume: asked ? [{ conversation: asked, after_seq: feedOf(asked).last }] : [] };
    },
    onFrame,
    onClose: (code) => {
      if (code !== 1012) whyShut();
    },
    onStatus: (now) => {
      batch(() => {
        if (now === "online" && cutOff.value) {
          backAgain.value = true;
          setTimeout(() => (backAgain.value = false), BACK_MS);
        }
        if (now === "waiting" || now === "stopped") outbox.lost();
        if (now === "waiting" || now === "online") cutOff.value = now === "waiting";
        status.value = now;
        retryAt.value = link.retryAt;
      });
      if (now === "online") {
        outbox.flush();
        // opened between the hello and the welcome
        if (openId.value && asked !== openId.value) link.send("open", { after_seq: feedOf(openId.value).last }, openId.value);
      }
    },
  });
  wakeWithPage(link);
  addEventListener("focus", () => {
    // logged in again in another tab
    if (signedOut.value) resume().then(() => link.start(), () => {});
  });
  link.start();
}
