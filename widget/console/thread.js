/** Pure: the log and the unsent as what stands on the screen: groups of bubbles, lines between them, days. */

/**
 * @typedef {import("../shared/wire.d.ts").EntryFrame} EntryFrame
 * @typedef {import("../shared/wire.d.ts").Source} Source
 * @typedef {{ client_id: string, type: string, data: Record<string, any>, at: number, state: string, code?: string }} Unsent
 * @typedef {object} Bubble
 * @property {string} key
 * @property {string} text
 * @property {string} [html] sanitised by the server
 * @property {Source} [source] the article behind an answer
 * @property {number} [certainty]
 * @property {Source[]} [choices]
 * @property {boolean} [chosen] the customer chose an offered article
 * @property {number} [answer] its number in the log, of what may be called right or wrong
 * @property {Unsent} [unsent]
 * @typedef {{ type: "group", key: string, who: "customer" | "bot" | "own" | "agent" | "note", agent: string, name: string, at: number, seq: number, bubbles: Bubble[], failed: boolean, pending: boolean }} Speech
 * @typedef {{ type: "line", key: string, kind: string, at: number, values: Record<string, string | number> }} Line
 * @typedef {{ type: "day", key: string, at: number }} Day
 * @typedef {{ type: "why", key: string, seq: number, decided: import("../shared/wire.d.ts").Decided }} Reason why the assistant did what stands above
 * @typedef {Speech | Line | Day | Reason} Item
 */

/** Bubbles of one speaker further apart than this begin a new group, with its own time. */
const TOGETHER_MS = 5 * 60_000;

/** @param {EntryFrame} entry @returns {{ who: Speech["who"] | "", agent: string, name: string, bubble: Bubble } | null} */
function speech({ seq, data }) {
  const key = `e${seq}`;
  if (data.kind === "said") return { who: "customer", agent: "", name: "", bubble: { key, text: data.text, chosen: Boolean(data.article) } };
  if (data.kind === "answered") return { who: "bot", agent: "", name: "", bubble: { key, text: data.text, html: data.html, source: data.source, certainty: data.certainty, answer: seq } };
  if (data.kind === "offered") return { who: "bot", agent: "", name: "", bubble: { key, text: data.text, choices: data.choices || [] } };
  if (data.kind === "remarked") return { who: "bot", agent: "", name: "", bubble: { key, text: data.text } };
  if (data.kind === "replied") return { who: "agent", agent: data.agent, name: data.name, bubble: { key, text: data.text } };
  if (data.kind === "noted") return { who: "note", agent: data.agent, name: data.name, bubble: { key, text: data.text } };
  return null;
}

/** @param {EntryFrame} entry @param {string} me @returns {{ kind: string, values: Record<string, string | number> } | null} */
function line({ data }, me) {
  const mine = "agent" in data && data.agent === me ? ".you" : "";
  switch (data.kind) {
    case "handoff":
      return { kind: `line.handoff.${data.reason}`, values: {} };
    case "contact":
      return { kind: "line.contact", values: { email: data.email } };
    case "claimed":
    case "released":
    case "handed_back":
    case "snoozed":
      return { kind: `line.${data.kind}${mine}`, values: { name: data.name } };
    case "resolved":
      return { kind: `line.resolved.${data.by}${data.by === "agent" ? mine : ""}`, values: { name: data.name || "" } };
    case "closed":
    case "woken":
      return { kind: `line.${data.kind}`, values: {} };
    case "rated":
      return { kind: "line.rated", values: { value: data.value, comment: data.comment || "" } };
    default:
      return null;
  }
}

/** @param {string | null | undefined} ts @param {number} before */
const timeOf = (ts, before) => (ts ? Date.parse(ts) || before : before);
/** @param {number} at */
const dayOf = (at) => new Date(at).toDateString();

/**
 * @param {readonly EntryFrame[]} entries in order
 * @param {readonly Unsent[]} unsent replies and notes on their way
 * @param {string} me account id
 * @returns {Item[]}
 */
export function makeThread(entries, unsent, me) {
  /** @type {Item[]} */
  const items = [];
  let last = 0;
  let askedAt = 0;

  /** @param {Speech["who"]} who @param {string} agent @param {string} name @param {Bubble} bubble @param {number} at @param {number} seq */
  const add = (who, agent, name, bubble, at, seq) => {
    const before = items[items.length - 1];
    const failed = bubble.unsent?.state === "failed";
    const pending = Boolean(bubble.unsent) && !failed;
    if (before?.type === "group" && before.who === who && before.agent === agent && at - before.at < TOGETHER_MS && before.failed === failed && before.pending === pending && !failed && !(bubble.answer && before.bubbles.some(({ answer }) => answer))) {
      before.bubbles.push(bubble);
      before.at = at;
      before.seq = seq;
    } else items.push({ type: "group", key: bubble.key, who, agent, name, at, seq, bubbles: [bubble], failed, pending });
  };

  for (const entry of entries) {
    const at = timeOf(entry.ts, last);
    if (at && dayOf(at) !== dayOf(last || 0)) items.push({ type: "day", key: `d${entry.seq}`, at });
    last = at || last;
    const words = speech(entry);
    if (words?.who) add(words.who === "agent" && words.agent === me ? "own" : words.who, words.agent, words.name, words.bubble, at, entry.seq);
    if (entry.data.kind === "decided") items.push({ type: "why", key: `e${entry.seq}`, seq: entry.seq, decided: entry.data });
    const fact = line(entry, me);
    if (!fact) continue;
    if (entry.data.kind === "handoff") askedAt = at;
    if (entry.data.kind === "claimed") {
      // asking and being taken over read as one sentence, with the wait between them, when nothing but an address came between
      let place = items.length - 1;
      const between = (/** @type {Item} */ item) => item.type === "day" || item.type === "why" || (item.type === "line" && item.kind === "line.contact");
      while (place >= 0 && between(items[place])) place--;
      const before = items[place];
      if (askedAt && before?.type === "line" && before.kind.startsWith("line.handoff.") && !before.kind.includes("+")) {
        items.splice(place, 1);
        items.push({ ...before, kind: `${before.kind}+${fact.kind}`, values: { ...fact.values, waited: at - askedAt, at } });
        continue;
      }
    }
    items.push({ type: "line", key: `e${entry.seq}`, at, ...fact });
  }
  for (const item of unsent) {
    const who = item.type === "note" ? "note" : "own";
    add(who, me, "", { key: item.client_id, text: String(item.data.text), unsent: item }, item.at, 0);
  }
  return items;
}
