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
const FAULT = /^\w*(Error|Exception|Failed|Timeout)\w*$/;

/** @param {string} key @param {Record<string, number>} [values] @returns {Phrase} */
const phrase = (key, values = {}) => ({ key, values });

/** @param {Decided} decided @returns {Why} */
export function whyOf({ outcome, threshold, hits: raw, note = "" }) {
  const hits = (raw || []).map(readHit);
  const best = hits[0]?.certainty ?? 0;
  const gap = Math.abs(threshold - best);
  /** @param {Phrase} said @param {Phrase | null} [other] @param {string} [left] */
  const why = (said, other = null, left = note) => ({ said, other, hits, threshold, note: left });
  if (note === CHOSEN) return why(phrase("why.chosen"), null, "");
  if (note === GONE) return why(phrase("why.gone", { best, threshold }), null, "");
  if (FAULT.test(note)) return why(phrase("why.fault"), null, note);
  if (outcome === "remark") return why(phrase("why.remark"));
  if (outcome === "answer") return why(phrase("why.answered", { best, threshold }), phrase("why.answered.else", { gap, threshold }));
  if (!hits.length) return outcome === "offer" ? why(phrase("why.nothing", { threshold }), phrase("why.nothing.else")) : why(phrase("why.unsought"));
  if (best >= threshold) return why(phrase(outcome === "offer" ? "why.close" : "why.sure", { best, threshold }));
  return why(phrase(outcome === "offer" ? "why.below" : "why.handed", { best, threshold }), phrase("why.below.else", { gap, best, threshold }));
}
