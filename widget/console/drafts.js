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

export function forgetOldDrafts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && !(Date.now() - recall(key, {}).at < FORGET_MS)) localStorage.removeItem(key);
    }
  } catch {
    // storage is shut: there is nothing to forget
  }
}

/** Words on their way survive a reload; deeds do not, they belong to the moment. @param {string} me @returns {import("../shared/outbox.js").Keep} */
export function keptWords(me) {
  const prefix = `svardesk.staff.out.${me}.`;
  const keys = () => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  };
  return {
    all: () => keys().map((key) => recall(key, null)).filter(Boolean),
    put: (item) => void ((item.type === "reply" || item.type === "note") && keep(prefix + item.client_id, item)),
    drop: (client_id) => void keep(prefix + client_id, null),
  };
}

