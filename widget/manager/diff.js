/** Pure: what differs between two texts, line by line, and word by word inside a changed line. */

/** @typedef {{ kind: "same" | "gone" | "new", text: string }} Part */
/** @typedef {{ kind: "same" | "gone" | "new" | "changed", parts: Part[] }} Line changed: parts of the old and the new line */

const MOST_CELLS = 4_000_000; // beyond it the middle is told as gone and new: still true, only coarser

/**
 * The longest common subsequence of two lists decides what stayed.
 * @param {readonly string[]} before @param {readonly string[]} after @returns {Part[]}
 */
export function compare(before, after) {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  /** @type {Part[]} */
  const parts = before.slice(0, head).map((text) => ({ kind: "same", text }));
  if (a.length * b.length > MOST_CELLS) {
    parts.push(...a.map((text) => /** @type {Part} */ ({ kind: "gone", text })), ...b.map((text) => /** @type {Part} */ ({ kind: "new", text })));
  } else {
    const width = b.length + 1;
    const length = new Uint32Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i--)
      for (let j = b.length - 1; j >= 0; j--) length[i * width + j] = a[i] === b[j] ? length[(i + 1) * width + j + 1] + 1 : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        parts.push({ kind: "same", text: a[i++] });
        j++;
      } else if (i < a.length && (j === b.length || length[(i + 1) * width + j] >= length[i * width + j + 1])) parts.push({ kind: "gone", text: a[i++] });
      else parts.push({ kind: "new", text: b[j++] });
    }
  }
  parts.push(...before.slice(before.length - tail).map((text) => /** @type {Part} */ ({ kind: "same", text })));
  return parts;
}

/** @param {string} line words, and what stands between them */
const wordsOf = (line) => line.match(/[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]/gu) || [];

/** @param {Part[]} parts neighbours of one kind together */
const joined = (parts) =>
  parts.reduce((all, part) => {
    const last = all[all.length - 1];
    if (last?.kind === part.kind) last.text += part.text;
    else all.push({ ...part });
    return all;
  }, /** @type {Part[]} */ ([]));

/** @param {string} before @param {string} after @returns {Line[]} */
export function diffLines(before, after) {
  const parts = compare(before ? before.split("\n") : [], after ? after.split("\n") : []);
  /** @type {Line[]} */
  const lines = [];
  for (let i = 0; i < parts.length; ) {
    if (parts[i].kind === "same") {
      lines.push({ kind: "same", parts: [parts[i++]] });
      continue;
    }
    /** @type {string[]} */
    const gone = [];
    /** @type {string[]} */
    const fresh = [];
    for (; i < parts.length && parts[i].kind !== "same"; i++) (parts[i].kind === "gone" ? gone : fresh).push(parts[i].text);
    // a line that kept at least a third of its letters is one line that changed
    while (gone.length && fresh.length) {
      const inside = joined(compare(wordsOf(gone[0]), wordsOf(fresh[0])));
      const kept = inside.reduce((sum, part) => sum + (part.kind === "same" ? part.text.trim().length : 0), 0);
      if (kept * 3 < Math.max(gone[0].length, fresh[0].length)) break;
      lines.push({ kind: "changed", parts: inside });
      gone.shift();
      fresh.shift();
    }
    lines.push(...gone.map((text) => /** @type {Line} */ ({ kind: "gone", parts: [{ kind: "gone", text }] })), ...fresh.map((text) => /** @type {Line} */ ({ kind: "new", parts: [{ kind: "new", text }] })));
  }
  return lines;
}

/** Long runs of unchanged lines fold to their edges. @param {Line[]} lines @param {number} [around] @returns {(Line | number)[]} a number: so many lines left out */
export function folded(lines, around = 2) {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - around), i + around + 1).some((line) => line.kind !== "same"));
  /** @type {(Line | number)[]} */
  const out = [];
  for (let i = 0; i < lines.length; ) {
    let stop = i;
    while (stop < lines.length && !near[stop]) stop++;
    if (stop - i > 1) out.push(stop - i);
    else out.push(...lines.slice(i, stop));
    i = stop;
    while (i < lines.length && near[i]) out.push(lines[i++]);
  }
  return out;
}
