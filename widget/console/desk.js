/**
 * The agent's desk: every row, the open chat's log, what is on its way, and the one socket that keeps them true.
 *
 * The server's list replaces ours at each connect, the open chat resumes by number: after a lost line the screen is as good
 * as after a reload. Views read the signals and call the verbs; nobody else touches the socket.
 */
import { Link } from "../shared/link.js";
import { Outbox } from "../shared/outbox.js";
import { batch } from "../shared/preact.js";
import { account, resume, signedOut } from "../shared/staff/session.js";
import { wakeWithPage } from "../shared/wake.js";
import { keptWords, onOthersWords } from "./drafts.js";
import { feedOf, loading, show } from "./feeds.js";
import { findRow, known, receive } from "./receive.js";
import { lostLine, saw } from "./receipts.js";
import { backAgain, cutOff, earlier, entries, listed, notices, openId, put, retryAt, rows, status } from "./state.js";
import { lookForUpgrade } from "./upgrade.js";

/** @typedef {import("./state.js").Deed} Deed */

const BACK_MS = 4_000;
const AWAY_MS = 1_000; // a line that is back within this was never gone
const WINDOW = 200; // entries that a chat opens with; older ones when they are asked for

/** The chat that this socket has been asked for. */
let asked = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let losing;
/** @type {Link} */
let link;
/** @type {Outbox} */
let outbox;

/** Shows a chat. An empty id shuts the open one. @param {string} id */
export function open(id) {
  const before = openId.value;
  if (before === id) return;
  if (before) link?.send("shut", undefined, before);
  if (!id) {
    openId.value = "";
    entries.value = null;
    return;
  }
  const feed = feedOf(id);
  // what we have is shown at once; the replay adds what came while the chat was shut
  loading.open = feed.shown.length === 0;
  batch(() => {
    openId.value = id;
    entries.value = feed.shown.length ? [...feed.shown] : null;
    earlier.value = feed.first > 1;
  });
  if (link?.send("open", { after_seq: feed.last, window: WINDOW }, id)) asked = id;
  if (listed.value && !rows.value.has(id)) findRow(id);
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

/** Whether an answer of the assistant was right. @param {string} conversation @param {number} seq @param {boolean} right @param {string} why */
export const judge = (conversation, seq, right, why) => void outbox.add("judge", { seq, right, why }, conversation);

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
export function tellSeen(conversation, seq) {
  const sent = link.send("seen", { seq }, conversation);
  if (sent) saw(conversation, seq);
  return sent;
}

/** Asks what may help to answer. @param {string} conversation */
export const askSuggestions = (conversation) => link.send("suggest", undefined, conversation);

/** Asks for an older page of the open chat. */
export const askEarlier = () => link.send("history", { before_seq: feedOf(openId.value).first }, openId.value);

/** The line is gone; whether it is worth a word, a second later. */
function lose() {
  losing ??= setTimeout(() => {
    losing = undefined;
    cutOff.value = true;
  }, AWAY_MS);
}

function arrive() {
  clearTimeout(losing);
  losing = undefined;
  if (cutOff.value) {
    backAgain.value = true;
    setTimeout(() => (backAgain.value = false), BACK_MS);
    lookForUpgrade();
  }
  cutOff.value = false;
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
  const me = account.value?.id || "";
  outbox = new Outbox({
    keep: keptWords(me),
    send: ({ type, data, conversation, client_id }) => link.send(type, { ...data, client_id }, conversation),
    stalled: () => link.restart(),
    changed: () => queueMicrotask(() => show(outbox.items)),
  });
  link = new Link({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/staff`,
    hello: () => {
      asked = openId.value;
      return { epoch: known.epoch || undefined, resume: asked ? [{ conversation: asked, after_seq: feedOf(asked).last }] : [], window: WINDOW };
    },
    onFrame: (frame) => receive(frame, { link, outbox }),
    onClose: (code) => {
      if (code !== 1012) whyShut();
    },
    onStatus: (now) => {
      batch(() => {
        if (now === "waiting" || now === "stopped") {
          outbox.lost();
          lostLine();
        }
        if (now === "waiting") lose();
        if (now === "online") arrive();
        status.value = now;
        retryAt.value = link.retryAt;
      });
      if (now === "online") {
        outbox.resume();
        // opened between the hello and the welcome
        if (openId.value && asked !== openId.value) link.send("open", { after_seq: feedOf(openId.value).last, window: WINDOW }, openId.value);
      }
    },
  });
  wakeWithPage(link);
  onOthersWords(me, (gone) => {
    outbox.elsewhere();
    if (gone && cutOff.value) link.wake(); // the line is back, another tab has noticed first
  });
  addEventListener("focus", () => {
    // logged in again in another tab
    if (signedOut.value) resume().then(() => link.start(), () => {});
  });
  link.start();
}
