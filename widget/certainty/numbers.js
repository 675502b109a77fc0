/** Pure: what the server's report of a site's language means, and how far its bars reach. Shares are 0 to 1. */

/**
 * @typedef {{ low: number, high: number, answered: number, certainty: number, right: number }} Bin
 * @typedef {object} Report a site's language, as GET /api/v1/certainty has it
 * @property {string} site
 * @property {string} language
 * @property {number | null} target what counts: its own, else the site's; null: the careful default
 * @property {boolean} own_target
 * @property {number | null} site_target
 * @property {number} threshold
 * @property {{ labels: number, wrong: number }} wrong_answer_rate all labels at this threshold
 * @property {boolean} certified
 * @property {string | null} certified_at
 * @property {{ answered: number, wrong: number, bound: number | null }} proof labels that had no part in choosing the threshold
 * @property {{ target: number, labels: number }[]} missing
 * @property {number} contradictions
 * @property {{ error: number, overconfident: number, bins: Bin[] }} calibration
 * @property {string} last_step
 * @typedef {object} Check one look at the labels
 * @property {string} language
 * @property {string} at
 * @property {string} step
 * @property {number | null} target
 * @property {number} threshold_before
 * @property {number} threshold
 * @property {number} labels new ones since the check before, which say how far certainty is off
 * @property {number} answered
 * @property {number} wrong
 * @property {number} bound
 * @property {number} calibration_error
 * @property {number} overconfident
 * @typedef {"certified" | "broken" | "over" | "not_yet" | "careful"} Standing
 */

const LOWEST = 0.001; // as the server has them in knowledge_base/targets.py
const HIGHEST = 0.5;
const ENDS = [0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** @param {Report} report @returns {Standing} */
export function standingOf({ certified, target, last_step }) {
  if (target === null) return "careful";
  if (certified) return "certified";
  return last_step === "lost" ? "broken" : last_step === "contradicted" || last_step === "drifted" ? "over" : "not_yet";
}

/** How many more labels that target needs, about. @param {Report} report @param {number | null} [target] */
export const missingOf = ({ missing, target: own }, target = own) => missing.find((each) => each.target === target)?.labels ?? 0;

/** Whether the bound is within the target already, but the next try of a proof is not due. @param {Report} report */
export const waitsForProof = ({ certified, target, proof }) => !certified && target !== null && proof.bound !== null && proof.bound <= target;

/** Whether the labels no longer kept the target, so that they begin anew. @param {Check} check */
export const brokeOff = ({ step }) => step === "lost" || step === "contradicted" || step === "drifted";

/** Whether the threshold moved without anybody having asked for it. @param {Check} check */
export const movedItself = (check) => brokeOff(check) && check.threshold !== check.threshold_before;

/**
 * Where rate, bound and target stand on a bar that has room for all of them, in percent of its width.
 * @param {Report} report @returns {{ end: number, rate: number, bound: number, target: number | null }} end: the share at its right end
 */
export function barOf({ proof, target }) {
  const bound = proof.bound ?? 0;
  const end = ENDS.find((each) => each >= bound && each >= (target ?? 0) * 1.25) ?? 1;
  /** @param {number} share */
  const at = (share) => (100 * share) / end;
  return { end, rate: at(proof.answered ? proof.wrong / proof.answered : 0), bound: at(bound), target: target === null ? null : at(target) };
}

/** A percentage as people write it, "2", "1,5 %", as a share; null when it is none that can be a target. @param {string} text */
export function shareIn(text) {
  const found = /^\s*(\d+(?:[.,]\d+)?)\s*%?\s*$/.exec(text);
  const share = found ? Number(found[1].replace(",", ".")) / 100 : NaN;
  return share >= LOWEST && share <= HIGHEST ? share : null;
}

/** Each of the counts as a percentage of their sum. @param {readonly number[]} counts */
export function partsOf(counts) {
  const sum = counts.reduce((before, each) => before + each, 0);
  return counts.map((each) => (sum ? (100 * each) / sum : 0));
}
