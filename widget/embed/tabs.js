/** The tabs of one visitor: one conversation, one list of what is unsent, one mark of what was seen. */
import { count } from "./unread.js";

const TURN = 5_000; // ms to wait for a tab that may hang
const SPREADS = 100; // ms until every tab can read what one has written

/**
 * One tab at a time asks for a token, and the others join it: two tokens would make two conversations of one visitor.
 * Without locks (a page without TLS) at once: there the token that is kept first wins, see receive.js.
 * @param {string} name @param {() => void} start @returns {() => void} to call when the token is kept
 */
export function oneAtATime(name, start) {
  const { locks } = navigator;
  let free = () => {};
  const held = new Promise((done) => (free = () => setTimeout(done, SPREADS)));
  if (locks) locks.request(name, { signal: AbortSignal.timeout?.(TURN) }, () => (start(), held)).catch(start);
  else start();
  return free;
}

/** Another tab has changed what is kept. @param {import("./talk.js").Talk} talk @param {string | null} key @param {string | null} value */
export function elsewhere(talk, key, value) {
  const { outbox, link, shelf } = talk;
  if (key === "token" || key === null) {
    if (value === null) {
      talk.adopt(""); // reset there is reset here, with what was not sent yet
      outbox.items = outbox.items.filter(({ client_id }) => shelf.get(`out:${client_id}`));
    }
    if (value === null || (value !== talk.token && !talk.conversation)) link.restart();
  } else if (key === "helped") talk.changed();
  else if (key === "seen") count(talk);
  else if (key.startsWith("out:")) {
    outbox.elsewhere();
    if (value === null && talk.away) link.wake(); // the line is back, and they have noticed first
  }
}
