/** Pure: why the assistant did what it did, and what would have had to be different, from a `decided` entry. */
import { readHit } from "./brief.js";

/**
 * @typedef {import("../shared/wire.d.ts").Decided} Decided
 * @typedef {{ key: string, values: Record<string, number> }} Phrase values: scores, 0 to 1
 * @typedef {object} Why
 * @property {Phrase} said what decided it
 * @property {Phrase | null} other what would have led elsewhere, null where no score would
 * @property {import("./brief.js").Hit[]} hits best first
 * @property {number} threshold 0 where none was asked
 * @property {string} note as the server wrote it, "" where `said` says it
 */

const CHOSEN = "chosen by the customer";
const GONE = "article is gone";
const SHADOW = "shadow"; // decided beside the people who answered; the customer saw nothing of it
const FAULT = /^\w*(Error|Exception|Failed|Timeout)\w*$/;

/** @param {string} key @param {Record<string, number>} [values] @returns {Phrase} */
const phrase = (key, values = {}) => ({ key, values });

/** @param {string} outcome @param {number} best @param {number} threshold @param {boolean} found @returns {[Phrase, Phrase | null]} what decided it, what would have led elsewhere */
function weighed(outcome, best, threshold, found) {
  const scores = { best, threshold };
  const gap = Math.abs(threshold - best);
  if (outcome === "answer") return [phrase("why.answered", scores), phrase("why.answered.else", { gap, threshold })];
  if (!found) return outcome === "offer" ? [phrase("why.nothing"), phrase("why.nothing.else")] : [phrase("why.unsought"), null];
  if (best >= threshold) return [phrase(outcome === "offer" ? "why.close" : "why.sure", scores), null];
  return [phrase(outcome === "offer" ? "why.below" : "why.handed", scores), phrase("why.below.else", { gap, ...scores })];
}

/** @param {Decided} decided @returns {Why} */
export function whyOf({ outcome, threshold, hits: raw, note = "", form }) {
  const hits = (raw || []).map(readHit);
  const best = hits[0]?.certainty ?? 0;
  const notes = note ? note.split("; ") : [];
  /** @param {Phrase} said @param {Phrase | null} [other] @param {string} [worded] the part of the note that `said` says */
  const why = (said, other = null, worded = "") => ({ said, other, hits, threshold, note: notes.filter((each) => each !== worded).join("; ") });
  if (notes.some((each) => FAULT.test(each))) return why(phrase("why.fault"));
  if (form) return why(phrase(outcome === "hand_over" ? "why.form.handed" : "why.form"));
  if (notes.includes(CHOSEN)) return why(phrase("why.chosen"), null, CHOSEN);
  if (notes.includes(GONE)) return why(phrase("why.gone", { best, threshold }), null, GONE);
  if (outcome === "remark") return why(phrase("why.remark"));
  const [said, other] = weighed(outcome, best, threshold, hits.length > 0);
  if (!notes.includes(SHADOW)) return why(said, other);
  return why(phrase(outcome === "answer" ? "why.shadow.answer" : "why.shadow", { best, threshold }), other, SHADOW);
}
