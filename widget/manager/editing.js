/** What lies on the desk: the open article, its sheets by language, and the address that leads back to it. */
import { Problem } from "../shared/api.js";
import { batch, signal } from "../shared/preact.js";
import { keep, recall } from "../shared/staff/preferences.js";
import { account, resume, signedOut } from "../shared/staff/session.js";
import { LANGUAGES, language as readers } from "../shared/staff/strings.js";
import * as articles from "./articles.js";
import * as library from "./library.js";
import { same } from "./sameness.js";
import { Sheet, isAway } from "./sheet.js";

/** @typedef {import("./articles.js").Root} Root */

export const NEW = "new";
/** The address: article ("" for none, NEW), language. */
export const place = signal({ article: "", language: "" });
export const root = signal(/** @type {Root | null} */ (null));
export const sheet = signal(/** @type {Sheet | null} */ (null));
export const problem = signal(/** @type {unknown} */ (null));
/** Which pane a narrow window shows. */
export const pane = signal(/** @type {"list" | "write" | "preview"} */ ("list"));

/** @type {Map<string, Sheet>} */
const sheets = new Map();
/** @type {AbortController | null} */
let running = null;

export const mayWrite = () => ["knowledge_manager", "admin"].includes(account.value?.role || "");

/** @param {string} article @param {string} language */
const keyOf = (article, language) => `svardesk.manager.copy.${account.value?.id}.${article || NEW}.${article ? language : ""}`;

/** What an earlier visit could not store and no sheet here is storing. @returns {{ article: string, language: string, title: string }[]} */
export function leftovers() {
  if (!mayWrite()) return [];
  const start = `svardesk.manager.copy.${account.value?.id}.`;
  try {
    return Object.keys(localStorage).flatMap((key) => {
      const rest = key.slice(start.length);
      const [article, language] = [rest.slice(0, rest.lastIndexOf(".")), rest.slice(rest.lastIndexOf(".") + 1)];
      if (!key.startsWith(start) || sheets.has(article === NEW ? NEW : `${article} ${language}`)) return [];
      const copy = recall(key, null);
      return copy?.draft ? [{ article, language, title: copy.draft.title }] : [];
    });
  } catch {
    return []; // storage is shut
  }
}

/** @param {string} article @param {string} language @returns {import("./sheet.js").Copy | null} */
const copyOf = (article, language) => (mayWrite() ? recall(keyOf(article, language), null) : null);

/** @type {(of: () => Sheet) => import("./sheet.js").Ports} */
const portsOf = (of) => ({
  keep: (copy) => keep(keyOf(of().article, of().language), copy && !of().article ? { ...copy, language: of().language } : copy),
  stored(mine, edition) {
    library.put(edition);
    const known = root.value;
    if (known && known.id === edition.article) root.value = { ...known, languages: { ...known.languages, [edition.language]: edition } };
    if (mine === sheet.value && place.value.article === NEW) {
      batch(() => {
        root.value = { id: edition.article, languages: { [edition.language]: edition } };
        go(edition.article, edition.language, true);
      });
    }
    if (sheets.get(NEW) === mine) sheets.delete(NEW);
    sheets.set(`${edition.article} ${edition.language}`, mine);
  },
  async twin(mine, draft) {
    if (mine.article) return null; // the server says article_exists
    const known = new Set((library.rows.value || []).map((row) => row.id));
    const { items } = await articles.list(draft.title.trim(), "");
    for (const row of items) {
      if (known.has(row.id) || row.languages[mine.language]?.title !== draft.title.trim()) continue;
      const edition = (await articles.fetchRoot(row.id)).languages[mine.language];
      if (edition && same(edition, draft)) return edition;
    }
    return null;
  },
});

/** @param {string} article @param {string} language @param {import("./articles.js").ArticleLanguage | null} base @param {import("./articles.js").Draft} [start] */
function lay(article, language, base, start) {
  const key = article ? `${article} ${language}` : NEW;
  const there = sheets.get(key);
  if (there && (there.differs || there.phase.peek() !== "clean")) return there;
  /** @type {Sheet} */
  let mine;
  // asked for while the sheet is still being made
  const early = /** @type {Sheet} */ (/** @type {unknown} */ ({ article, language }));
  mine = new Sheet(article, language, base, copyOf(article, language), portsOf(() => mine || early), start);
  sheets.set(key, mine);
  return mine;
}

/** @param {string} article @param {string} language @param {boolean} [replace] */
export function go(article, language, replace) {
  const hash = article ? `#/${encodeURIComponent(article)}${language ? `/${language}` : ""}` : "#/";
  if (location.hash !== hash) history[replace ? "replaceState" : "pushState"](null, "", hash);
  place.value = { article, language };
}

/** Leaving a sheet stores it. */
function leave() {
  const before = sheet.value;
  if (before?.differs && before.phase.peek() !== "conflict") void before.flush();
  if (before) before.publishing.value = "";
}

/** @param {string} article @param {string} [language] @param {boolean} [replace] */
export async function open(article, language = "", replace = false) {
  leave();
  const here = root.value;
  running?.abort();
  const mine = (running = new AbortController());
  batch(() => {
    go(article, language, replace);
    problem.value = null;
    pane.value = pane.value === "preview" ? "preview" : "write";
    if (here?.id !== article) root.value = null;
    if (here?.id !== article) sheet.value = null;
  });
  if (here?.id === article) return show(language);
  try {
    const found = await articles.fetchRoot(article, mine.signal);
    if (mine.signal.aborted) return;
    root.value = found;
    show(language);
  } catch (error) {
    if (!mine.signal.aborted) problem.value = error;
  }
}

/** The sheet of a language; none when it is missing and nothing of it was begun. @param {string} wished */
export function show(wished) {
  const here = root.value;
  if (!here) return;
  const language = wished || [library.languageFilter.value, readers.value, ...LANGUAGES].find((code) => here.languages[code]) || LANGUAGES[0];
  batch(() => {
    go(here.id, language, true);
    const base = here.languages[language] || null;
    sheet.value = base || copyOf(here.id, language) ? lay(here.id, language, base) : null;
  });
}

/** Begins a language that is missing. @param {string} language @param {import("./articles.js").Draft} [start] */
export function begin(language, start) {
  if (root.value) sheet.value = lay(root.value.id, language, null, start);
}

/** @param {string} [title] @param {boolean} [replace] */
export function openNew(title = "", replace = false) {
  leave();
  running?.abort();
  const copy = recall(keyOf("", ""), null);
  const language = copy?.language || library.languageFilter.value || readers.value;
  batch(() => {
    go(NEW, "", replace);
    problem.value = null;
    root.value = null;
    pane.value = "write";
    sheet.value = lay("", language, null, title && !copy ? { title, questions: [], body: "" } : undefined);
  });
}

/** The language of a new article, which has only one. @param {string} language */
export function rename(language) {
  const mine = sheet.value;
  if (!mine || mine.base.peek()) return;
  mine.language = language;
  mine.edit({});
}

export function close() {
  leave();
  running?.abort();
  batch(() => {
    go("", "");
    root.value = null;
    sheet.value = null;
    problem.value = null;
    pane.value = "list";
  });
}

export const retry = () => open(place.value.article, place.value.language, true);

/** @param {import("./articles.js").ArticleLanguage} edition after a publish, a revert, an archive @param {boolean} show */
export function take(edition, show) {
  library.put(edition);
  void library.refresh(edition.article);
  const known = root.value;
  if (known?.id === edition.article) root.value = { ...known, languages: { ...known.languages, [edition.language]: edition } };
  sheets.get(`${edition.article} ${edition.language}`)?.adopt(edition, show);
}

/** Reads the address and keeps watch over what is not stored. */
export function start() {
  const read = () => {
    const [article = "", language = ""] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
    if (article === place.value.article && language === place.value.language && (root.value || sheet.value)) return;
    if (article === NEW && mayWrite()) openNew("", true);
    else if (article && article !== NEW) void open(article, LANGUAGES.find((code) => code === language), true);
    else close();
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  addEventListener("beforeunload", (event) => {
    if ([...sheets.values()].some((each) => each.differs && !each.kept.peek())) event.preventDefault();
  });
  const again = () => {
    for (const each of sheets.values()) if (each.phase.peek() === "failed") void each.save();
  };
  addEventListener("online", again);
  addEventListener("focus", () => {
    if (signedOut.value) resume().then(again, () => {});
  });
  read();
}

export { isAway, Problem };
