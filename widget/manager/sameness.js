/** Pure: whether two drafts say the same once the server has tidied them, and what a list row is as a whole. */

/** @typedef {import("./articles.js").Draft} Draft */

/** @param {string} text */
const line = (text) => text.replace(/\s+/g, " ").trim();

/** @param {readonly string[]} questions without blanks and doubles, as the server keeps them */
export function tidyQuestions(questions) {
  /** @type {Map<string, string>} */
  const kept = new Map();
  for (const question of questions.map(line)) if (question && !kept.has(question.toLowerCase())) kept.set(question.toLowerCase(), question);
  return [...kept.values()];
}

/** @param {Draft} draft @returns {Draft} */
export const tidy = ({ title, questions, body }) => ({ title: line(title), questions: tidyQuestions(questions), body: body.replace(/\r\n?/g, "\n").trim() });

/** @param {Draft} a @param {Draft} b to the letter */
export const identical = (a, b) => a.title === b.title && a.body === b.body && a.questions.length === b.questions.length && a.questions.every((each, i) => each === b.questions[i]);

/** @param {Draft} a @param {Draft} b */
export const same = (a, b) => identical(tidy(a), tidy(b));

/** @param {Draft} draft */
export const isEmpty = (draft) => !draft.title.trim() && !draft.body.trim() && !draft.questions.some((each) => each.trim());

/**
 * What the list's dot says of an article in all its languages: edits that wait come first, since they ask for something.
 * @param {Record<string, { state: import("./articles.js").State }>} languages @returns {import("./articles.js").State}
 */
export function stateOfAll(languages) {
  const states = Object.values(languages).map((each) => each.state);
  return /** @type {const} */ (["changed", "published", "draft"]).find((state) => states.includes(state)) || (states.length ? "archived" : "draft");
}

/**
 * @param {import("./articles.js").Row} row
 * @param {string} state a state, "outdated", "missing", or "" for all
 * @param {string} language "" for any
 * @param {readonly string[]} languages all there are
 */
export function passes(row, state, language, languages) {
  const wanted = language ? [language] : languages;
  if (state === "missing") return wanted.some((code) => !row.languages[code]);
  return wanted.some((code) => {
    const edition = row.languages[code];
    if (!edition) return false;
    return !state || (state === "outdated" ? edition.outdated : edition.state === state);
  });
}
