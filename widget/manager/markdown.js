/** Pure: what the toolbar does to Markdown in a text field, and how long an answer is. */

/** @typedef {{ from: number, to: number, insert: string, start: number, end: number }} Change replace from..to, then select start..end */

/** Words up to which an answer reads well in a chat, and beyond which it wants to be several articles (LOOK: editor). */
export const LONG_WORDS = 120;
export const TOO_LONG_WORDS = 250;
/** Silent reading of plain text on a screen, words a minute: the low end, since Nordic compounds are long. */
const WORDS_A_MINUTE = 200;

/** Puts a mark around the selection, or takes it off. @param {string} text @param {number} start @param {number} end @param {string} mark @returns {Change} */
export function wrap(text, start, end, mark) {
  const n = mark.length;
  const inside = text.slice(start, end);
  if (inside.length >= 2 * n && inside.startsWith(mark) && inside.endsWith(mark)) return { from: start, to: end, insert: inside.slice(n, -n), start, end: end - 2 * n };
  const run = /** @param {number} at @param {number} step */ (at, step) => {
    let count = 0;
    while (text[at + count * step] === mark[0]) count++;
    return count;
  };
  const [before, after] = [run(start - 1, -1), run(end, 1)];
  // in **bold**, one star around the selection belongs to the bold: italic is on for one or three
  const on = n === 1 ? before % 2 === 1 && after % 2 === 1 : before >= n && after >= n;
  if (on) return { from: start - n, to: end + n, insert: inside, start: start - n, end: end - n };
  const lead = inside.length - inside.trimStart().length;
  const tail = inside.trim() ? inside.length - inside.trimEnd().length : 0;
  const core = inside.slice(lead, inside.length - tail);
  return { from: start, to: end, insert: inside.slice(0, lead) + mark + core + mark + inside.slice(inside.length - tail), start: start + lead + n, end: start + lead + n + core.length };
}

/** @type {Record<string, { mark: (i: number) => string, is: RegExp }>} */
const KINDS = {
  heading: { mark: () => "## ", is: /^#{1,6} / },
  list: { mark: () => "- ", is: /^[-*+] / },
  numbered: { mark: (i) => `${i + 1}. `, is: /^\d+[.)] / },
  quote: { mark: () => "> ", is: /^> ?/ },
};

/** Marks each line of the selection, or unmarks them all. @param {string} text @param {number} start @param {number} end @param {string} kind @returns {Change} */
export function mark(text, start, end, kind) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const stop = text.indexOf("\n", end > start && text[end - 1] === "\n" ? end - 1 : end);
  const to = stop < 0 ? text.length : stop;
  const lines = text.slice(from, to).split("\n");
  const { mark: sign, is } = KINDS[kind];
  const on = lines.every((line) => is.test(line) || (!line.trim() && lines.length > 1));
  let number = 0;
  const bare = (/** @type {string} */ line) => (kind === "quote" ? line : Object.values(KINDS).reduce((rest, each) => (each === KINDS.quote ? rest : rest.replace(each.is, "")), line));
  const insert = lines.map((line) => (on ? line.replace(is, "") : line.trim() || lines.length === 1 ? sign(number++) + bare(line) : line)).join("\n");
  const selected = end > start || lines.length > 1;
  return { from, to, insert, start: selected ? from : Math.max(from, start + insert.length - (to - from)), end: selected ? from + insert.length : Math.max(from, start + insert.length - (to - from)) };
}

/** @param {string} text @param {number} start @param {number} end @returns {Change} */
export function link(text, start, end) {
  const inside = text.slice(start, end);
  if (/^(https?:\/\/|mailto:|\/)\S+$/.test(inside)) return { from: start, to: end, insert: `[](${inside})`, start: start + 1, end: start + 1 };
  const target = "https://";
  const at = start + inside.length + 3;
  return { from: start, to: end, insert: `[${inside}](${target})`, start: inside ? at : start + 1, end: inside ? at + target.length : start + 1 };
}

/** Enter inside a list goes on with it, and on an empty item ends it. Null: an ordinary line break. @param {string} text @param {number} at @returns {Change | null} */
export function newline(text, at) {
  const from = text.lastIndexOf("\n", at - 1) + 1;
  const found = /^(\s*)([-*+]|(\d+)([.)])|>)( +)/.exec(text.slice(from, at));
  if (!found) return null;
  if (!text.slice(from + found[0].length, at).trim() && !text.slice(at).split("\n", 1)[0].trim()) return { from, to: at, insert: "", start: from, end: from };
  const next = `\n${found[1]}${found[3] ? Number(found[3]) + 1 + found[4] : found[2]}${found[5]}`;
  return { from: at, to: at, insert: next, start: at + next.length, end: at + next.length };
}

/** Words that a customer reads: marks, addresses of links and numbers of lists are none. @param {string} body */
export function wordCount(body) {
  const plain = body
    .replace(/\]\([^)]*\)/g, "] ")
    .replace(/<[^>]*>/g, " ")
    .replace(/https?:\/\/\S+/g, " link ")
    .replace(/^\s*\d+[.)]\s/gm, "");
  return (plain.match(/[\p{L}\p{N}]+(?:[’'.,:/-][\p{L}\p{N}]+)*/gu) || []).length;
}

/** Seconds, in steps that do not pretend to know better. @param {number} words */
export function readingSeconds(words) {
  const seconds = (words / WORDS_A_MINUTE) * 60;
  return seconds < 90 ? Math.max(5, Math.round(seconds / 5) * 5) : Math.round(seconds / 60) * 60;
}
