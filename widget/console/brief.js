/** Pure: what an agent must know before the first reply, read from the log: why, what was asked, what was tried. */

/**
 * @typedef {import("../shared/wire.d.ts").EntryFrame} EntryFrame
 * @typedef {import("../shared/wire.d.ts").HandoffAsked["reason"]} Reason
 * @typedef {{ article: string, title: string, language: string, certainty: number, score: number, passage: string, matched: string, parts: Record<string, number> }} Hit matched: the unit that was nearest; parts: what the certainty was computed from, none in old logs
 * @typedef {object} Try
 * @property {number} about number of the question
 * @property {string} question
 * @property {string} outcome `answer`, `offer` or `hand_over`
 * @property {number} threshold the certainty from which the assistant may answer
 * @property {Hit[]} hits best first
 * @property {string} note
 * @property {string[]} offered articles that the customer was shown to choose from
 * @typedef {object} Brief
 * @property {Reason} reason
 * @property {string} at when it was handed over
 * @property {string[]} asked the customer's last words before that, oldest first
 * @property {Try[]} tries
 * @property {number} best certainty of the best hit of all tries, 0 without one
 * @property {string} email
 * @property {number} seq number of the handoff
 * @property {number} replied number of the last reply of a person since, 0 for none
 */

const QUESTIONS = 3;

/** @param {Record<string, any>} hit @returns {Hit} */
export const readHit = (hit) => ({
  article: String(hit.article || ""),
  title: String(hit.title || ""),
  language: String(hit.language || ""),
  certainty: Number(hit.certainty) || 0,
  score: Number(hit.score) || 0,
  passage: String(hit.passage || ""),
  matched: String(hit.matched || ""),
  parts: Object.fromEntries(Object.entries(hit.parts || {}).map(([name, value]) => [name, Number(value) || 0])),
});

/** The brief of the latest handoff, null when there was none. @param {readonly EntryFrame[]} entries in order @returns {Brief | null} */
export function makeBrief(entries) {
  let end = entries.length - 1;
  while (end >= 0 && entries[end].data.kind !== "handoff") end--;
  const handoff = entries[end];
  if (!handoff || handoff.data.kind !== "handoff") return null;
  let begin = end - 1;
  while (begin >= 0 && !["resolved", "handed_back", "handoff"].includes(entries[begin].data.kind)) begin--;

  /** @type {Map<number, string>} */
  const said = new Map();
  /** @type {Set<number>} */
  const formed = new Set(); // what was said to a form: the note of what was collected has it, and nobody asked it
  /** @type {Try[]} */
  const tries = [];
  /** @type {Map<number, string[]>} */
  const offered = new Map();
  let email = "";
  let replied = 0;
  for (const { seq, data } of entries.slice(begin + 1)) {
    if (data.kind === "said" && seq < handoff.seq) said.set(seq, data.text);
    if (data.kind === "offered") offered.set(data.re, (data.choices || []).map(({ article }) => article));
    if (data.kind === "replied" && seq > handoff.seq) replied = seq;
    if (data.kind === "contact") email = data.email;
    if (data.kind === "decided" && data.form && (data.outcome === "remark" || data.form.acted) && data.form.began !== data.about) formed.add(data.about);
    // the decision that led here may stand just before or just behind the handoff
    if (data.kind === "decided" && ["answer", "offer", "hand_over"].includes(data.outcome) && (seq < handoff.seq || said.has(data.about))) {
      tries.push({
        about: data.about,
        question: said.get(data.about) || "",
        outcome: data.outcome,
        threshold: data.threshold,
        hits: (data.hits || []).map(readHit),
        note: data.note || "",
        offered: [],
      });
    }
  }
  return {
    reason: handoff.data.reason,
    at: handoff.ts || "",
    asked: [...said].filter(([seq]) => !formed.has(seq)).map(([, text]) => text).slice(-QUESTIONS),
    tries: tries.map((each) => ({ ...each, offered: offered.get(each.about) || [] })),
    best: Math.max(0, ...tries.flatMap((each) => each.hits.map((hit) => hit.certainty))),
    email,
    seq: handoff.seq,
    replied,
  };
}
