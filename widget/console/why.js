/** Pure: why the assistant did what it did, and what would have had to be different, from a `decided` entry. */
import { readHit } from "./brief.js";
import { readNotes } from "./notes.js";

/**
 * @typedef {import("../shared/wire.d.ts").Decided} Decided
 * @typedef {{ key: string, values: Record<string, number> }} Phrase values: scores, 0 to 1
 * @typedef {object} Why
 * @property {Phrase} said what decided it
 * @property {Phrase | null} other what would have led elsewhere, null where no score would
 * @property {import("./brief.js").Hit[]} hits best first
 * @property {number} threshold 0 where none was asked
 * @property {string} form the form that is being filled in, if there is one
 * @property {import("./notes.js").Note[]} notes what else was noted, where `said` does not say it
 * @property {string} note of that, what nobody has words for, as the server wrote it
 */

const CHOSEN = "chosen by the customer";
const GONE = "article is gone";
const AGAIN = "the same article as just before";
const SHADOW = "shadow"; // decided beside the people who answered; the customer saw nothing of it
const FAULT = /^\w*(Error|Exception|Failed|Timeout)\w*$/;

/** @param {string} key @param {Record<string, number>} [values] @returns {Phrase} */
const phrase = (key, values = {}) => ({ key, values });

/** @param {string} outcome @param {number} best @param {number} threshold @param {boolean} found @returns {[Phrase, Phrase | null]} what decided it, what would have led elsewhere */
function weighed(outcome, best, threshold, found) {
  const scores = { best, threshold };
  if (outcome === "answer") return [phrase("why.answered", scores), phrase("why.answered.else", scores)];
  if (!found) return outcome === "offer" ? [phrase("why.nothing"), phrase("why.nothing.else")] : [phrase("why.unsought"), null];
  if (best >= threshold) return outcome === "offer" ? [phrase("why.again", scores), phrase("why.again.else")] : [phrase("why.sure", scores), null];
  return [phrase(outcome === "offer" ? "why.below" : "why.handed", scores), phrase("why.below.else", scores)];
}

/** @param {Decided} decided @returns {Why} */
export function whyOf({ outcome, threshold, hits: raw, note = "", form }) {
  const hits = (raw || []).map(readHit);
  const best = hits[0]?.certainty ?? 0;
  const notes = note ? note.split("; ") : [];
  const name = form ? String(form.name) : "";
  /** @param {Phrase} said @param {Phrase | null} [other] @param {string} [worded] the part of the note that `said` says */
  const why = (said, other = null, worded = "") => ({ said, other, hits, threshold: hits.length ? threshold : 0, form: name, ...readNotes(notes.filter((each) => each && each !== worded)) });
  if (notes.some((each) => FAULT.test(each))) return why(phrase("why.fault"));
  if (form) return why(phrase(outcome === "hand_over" ? "why.form.handed" : "why.form"), null, name);
  if (notes.includes(CHOSEN)) return why(phrase("why.chosen"), null, CHOSEN);
  if (notes.includes(GONE)) return why(phrase("why.gone", { best, threshold }), null, GONE);
  if (outcome === "remark") return why(phrase("why.remark"), null, note);
  const [said, other] = weighed(outcome, best, threshold, hits.length > 0);
  if (!notes.includes(SHADOW)) return why(said, other, said.key === "why.again" ? AGAIN : "");
  return why(phrase(outcome === "answer" ? "why.shadow.answer" : "why.shadow", { best, threshold }), other, SHADOW);
}
