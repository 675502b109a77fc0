/** Pure: what the server notes beside a decision, in words that the strings have; bot/policy.py and bot/deciding.py write it. */

/** @typedef {{ key: string, values: Record<string, string> }} Note */

/** @type {[RegExp, string][]} groups `n` and `text` become values */
const KNOWN = [
  [/^asks for a person$/, "note.person"],
  [/^names lawyers or authorities$/, "note.legal"],
  [/^somebody is hurt or in distress$/, "note.harm"],
  [/^(?:swearing|says '.*'|(?:capitals|repeated marks|says the same again)(?: and .*)?)$/, "note.upset"],
  [/^none of the offered ones$/, "note.none_offered"],
  [/^(?<n>\d+) turns without being helped$/, "note.turns"],
  [/^\w+, without a sure answer$/, "note.complaint"],
  [/^says the same again after an answer and an offer$/, "note.same_again"],
  [/^the same article again after an answer and an offer$/, "note.article_again"],
  [/^not helped by an answer, nor by what was offered$/, "note.unhelped"],
  [/^the same articles as offered before$/, "note.offered_before"],
  [/^(?<n>\d+) questions before without an answer$/, "note.misses"],
  [/^leans on the turn before: (?<q>['"])(?<text>.*)\k<q>$/s, "note.leans"],
  [/^(?<n>\d+) questions, answered: (?<q>['"])(?<text>.*)\k<q>$/s, "note.several"],
  [/^(?<text>action_\w+)$/, "note.action"],
  // of forms, from bot/guided.py
  [/^asks for \w+$/, "note.form.asks"],
  [/^asked for in so many words$/, "note.form.wished"],
  [/^no \w+ in it, try (?<n>\d+) of \d+$/, "note.form.unfit"],
  [/^took back [\w, ]+$/, "note.form.took_back"],
  [/^question (?<n>\d+) in between$/, "note.form.between"],
  [/^let go after (?<n>\d+) questions in between$/, "note.form.let_go"],
  [/^action_\w+ is done$/, "note.form.done"],
  [/^stopped by the customer$/, "note.form.stopped"],
  [/^has no \w+$/, "note.form.has_none"],
  [/^no match, round (?<n>\d+) of \d+$/, "note.form.no_match"],
  [/^the back end declined$/, "note.form.declined"],
  [/^too many tries with these$/, "note.form.too_many"],
  [/^the message itself is for people$/, "note.form.urgent"],
  [/^The (?:back end|action \w+) (?:failed: )?(?<text>.*)$/s, "note.form.failed"],
  [/^people gave it back after this$/, "note.form.given_back"],
];

/** @param {string[]} parts @returns {{ notes: Note[], note: string }} */
export function readNotes(parts) {
  /** @type {Note[]} */
  const notes = [];
  /** @type {string[]} */
  const rest = [];
  for (const part of parts) {
    const [pattern, key] = KNOWN.find(([one]) => one.test(part)) || [];
    const { n = "", text = "" } = pattern?.exec(part)?.groups || {};
    if (key) notes.push({ key, values: { n, text: text.replaceAll("\\n", " ") } });
    else rest.push(part);
  }
  return { notes, note: rest.join("; ") };
}
