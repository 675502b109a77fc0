/** Tells how far my chats have come to this desk while nobody reads them: in a hidden tab, behind another chat, in the list. */
import { account } from "../shared/staff/session.js";
import { isMine } from "./rows.js";
import { rows } from "./state.js";

const EVERY = 1_000; // ms between two tellings, and before the first: by then what is looked at has told that it is seen

/** What the server was told on this line, by chat. @type {Map<string, number>} */
const told = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** It was told to be seen, which says more. @param {string} conversation @param {number} seq */
export const saw = (conversation, seq) => void told.set(conversation, seq);

/** What was told may not have arrived. */
export const lostLine = () => told.clear();

/** Rows have come. @param {import("../shared/link.js").Link} link */
export function arrived(link) {
  soon ??= setTimeout(() => {
    soon = undefined;
    for (const chat of rows.value.values()) {
      const { id, last_said = 0, delivered_to_staff = 0, seen_by_staff = 0 } = chat;
      const known = Math.max(delivered_to_staff, seen_by_staff, told.get(id) || 0);
      if (last_said > known && isMine(chat, account.value?.id || "") && link.send("delivered", { seq: last_said }, id)) told.set(id, last_said);
    }
  }, EVERY);
}
