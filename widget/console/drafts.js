/** What an agent has written and nobody has yet, kept on this machine: drafts of each chat, and words without an ack. */
import { keep, recall } from "../shared/staff/preferences.js";

/** @typedef {{ reply: string, note: string, at: number }} Draft */

const PREFIX = "svardesk.staff.draft.";
const FORGET_MS = 30 * 24 * 3600_000; // a draft nobody came back to in a month

/** @param {string} me @param {string} conversation */
const keyOf = (me, conversation) => `${PREFIX}${me}.${conversation}`;

/** @param {string} me account id @param {string} conversation @returns {Draft} */
export function readDraft(me, conversation) {
  return { reply: "", note: "", at: 0, ...recall(keyOf(me, conversation), {}) };
}

/** @param {string} me @param {string} conversation @param {Partial<Draft>} change @returns {boolean} whether it was kept */
export function writeDraft(me, conversation, change) {
  const draft = { ...readDraft(me, conversation), ...change, at: Date.now() };
  return keep(keyOf(me, conversation), draft.reply || draft.note ? draft : null);
}

/** A reply that could not be sent goes back to its chat's draft, before what was written since. @param {string} me @param {string} conversation @param {string} text */
export function giveBack(me, conversation, text) {
  const { reply } = readDraft(me, conversation);
  return writeDraft(me, conversation, { reply: reply ? `${text}\n\n${reply}` : text });
}

export function forgetOldDrafts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && !(Date.now() - recall(key, {}).at < FORGET_MS)) localStorage.removeItem(key);
    }
  } catch {
    // storage is shut: there is nothing to forget
  }
}

/** @param {string} me */
const outOf = (me) => `svardesk.staff.out.${me}.`;

/** Another tab of the same person has written, sent or dropped something. @param {string} me @param {(gone: boolean) => void} heard */
export function onOthersWords(me, heard) {
  addEventListener("storage", ({ key, newValue }) => {
    if (key?.startsWith(outOf(me))) heard(newValue === null);
  });
}

const KEPT = ["reply", "note", "judge"];

/** Words on their way survive a reload; deeds do not, they belong to the moment. @param {string} me @returns {import("../shared/outbox.js").Keep} */
export function keptWords(me) {
  const prefix = outOf(me);
  const keys = () => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  };
  return {
    all: () => keys().map((key) => recall(key, null)).filter(Boolean),
    put: (item) => void (KEPT.includes(item.type) && keep(prefix + item.client_id, item)),
    drop: (client_id) => void keep(prefix + client_id, null),
  };
}

