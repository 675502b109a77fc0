/** Pure: who called which answer of the assistant right or wrong, as the server counts it. */

/**
 * @typedef {import("../shared/wire.d.ts").EntryFrame} EntryFrame
 * @typedef {"agent" | "customer" | "handoff" | "repeat"} Source
 * @typedef {{ seq: number, source: Source, right: boolean, name: string, mine: boolean, why: string }} Verdict
 *   seq: the answer's number. `handoff`, `repeat`: nobody said so, the log shows it.
 * @typedef {{ data: Record<string, any> }} Unsent
 */

/** The first counts most, as in conversation/labels.py. @type {readonly Source[]} */
const SOURCES = ["agent", "customer", "handoff", "repeat"];

/**
 * Whether colleagues and customers may be asked about this entry: an answer, or one that a silent assistant would have given.
 * @param {EntryFrame["data"]} data
 */
export const isAnswer = (data) => data.kind === "answered" || isSilentAnswer(data);

/** @param {EntryFrame["data"]} data */
export const isSilentAnswer = (data) => data.kind === "decided" && data.note?.split("; ")[0] === "shadow" && data.outcome === "answer" && Boolean(data.hits?.length);

/**
 * What is said of each answer. Of one person the last word counts.
 * @param {readonly EntryFrame[]} entries in order @param {readonly Unsent[]} unsent judgements on their way
 * @param {readonly Verdict[]} signs what the log shows by itself @param {string} me account id
 * @returns {Map<number, Verdict[]>}
 */
export function verdictsOf(entries, unsent, signs, me) {
  /** @type {Map<string, Verdict>} */
  const last = new Map();
  /** @param {string} whose @param {Verdict} verdict */
  const take = (whose, verdict) => last.set(`${verdict.seq} ${verdict.source} ${whose}`, verdict);
  for (const { data } of entries) {
    if (data.kind !== "judged") continue;
    const source = data.giver === "customer" ? "customer" : "agent";
    take(data.agent || "", { seq: data.about, source, right: data.right, name: data.name || "", mine: source === "agent" && data.agent === me, why: data.why || "" });
  }
  for (const { data } of unsent) take(me, { seq: data.seq, source: "agent", right: data.right, name: "", mine: true, why: data.why || "" });
  for (const sign of signs) take("", sign);
  /** @type {Map<number, Verdict[]>} */
  const found = new Map();
  for (const verdict of last.values()) found.set(verdict.seq, [...(found.get(verdict.seq) || []), verdict]);
  for (const all of found.values()) all.sort((a, b) => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source));
  return found;
}

/** Whether one calls it right and another wrong. @param {readonly Verdict[]} verdicts */
export const isTorn = (verdicts) => new Set(verdicts.map(({ right }) => right)).size > 1;

/** How an answer counts: by the source that counts most, and there one `wrong` is enough. @param {readonly Verdict[]} verdicts in order */
export const countsAsRight = (verdicts) => verdicts.every(({ source, right }) => right || source !== verdicts[0].source);
