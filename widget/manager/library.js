/** The list of articles: search on the server, pages as they are scrolled to, filters on what is there. */
import { batch, computed, signal } from "../shared/preact.js";
import { LANGUAGES } from "../shared/staff/strings.js";
import * as articles from "./articles.js";
import { passes } from "./sameness.js";

/** @typedef {import("./articles.js").Row} Row */

const TYPING_MS = 250;

export const query = signal("");
/** A state, "outdated" or "missing"; "" for all. */
export const stateFilter = signal("");
/** A language; "" for any. */
export const languageFilter = signal("");
/** Null before the first answer. @type {import("../shared/preact.js").Signal<Row[] | null>} */
export const rows = signal(null);
export const problem = signal(/** @type {unknown} */ (null));
export const busy = signal(false);
const cursor = signal("");
const asked = signal("");

export const more = computed(() => Boolean(cursor.value));
/** How many there are, once all of them are here and no search narrows them; else 0. */
export const total = computed(() => (rows.value && !cursor.value && !asked.value ? rows.value.length : 0));
export const shown = computed(() => (rows.value || []).filter((row) => passes(row, stateFilter.value, languageFilter.value, LANGUAGES)));
export const filtered = computed(() => Boolean(stateFilter.value || languageFilter.value));

/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} from the cursor, "" for the first page */
async function load(from) {
  running?.abort();
  const mine = (running = new AbortController());
  const q = query.value.trim();
  busy.value = true;
  try {
    const page = await articles.list(q, from, mine.signal);
    if (mine.signal.aborted) return;
    batch(() => {
      const known = new Set(from ? (rows.value || []).map((row) => row.id) : []);
      rows.value = [...(from ? rows.value || [] : []), ...page.items.filter((row) => !known.has(row.id))];
      cursor.value = page.next_cursor || "";
      asked.value = q;
      problem.value = null;
    });
  } catch (error) {
    if (!mine.signal.aborted) problem.value = error; // the last list stays
  } finally {
    if (running === mine) busy.value = false;
  }
}

export const reload = () => load("");
export const loadMore = () => {
  if (!busy.value && cursor.value && !problem.value) void load(cursor.value);
};

/** @param {string} text */
export function search(text) {
  query.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => void load(""), TYPING_MS);
}

/** The row of an article follows what was stored of it. @param {import("./articles.js").ArticleLanguage} edition */
export function put(edition) {
  const all = rows.value;
  if (!all) return;
  const old = all.find((row) => row.id === edition.article);
  const { state, title, updated_at } = edition;
  const first = old && Object.keys(old.languages)[0];
  /** @type {Row} */
  const row = {
    id: edition.article,
    // which language names an article is the server's to say: follow the one that said the same before
    title: !old || old.title === old.languages[edition.language]?.title || (!old.title && first === edition.language) ? title : old.title,
    languages: { ...old?.languages, [edition.language]: { state, title, updated_at, outdated: state === "published" ? false : Boolean(old?.languages[edition.language]?.outdated) } },
    updated_at,
  };
  rows.value = old ? all.map((each) => (each === old ? row : each)) : [row, ...all];
}

/** What the server says of one article now: publishing one language makes the others older. @param {string} article */
export async function refresh(article) {
  const page = await articles.list(article, "").catch(() => null);
  const fresh = page?.items.find((row) => row.id === article);
  if (fresh) rows.value = (rows.value || []).map((row) => (row.id === article ? fresh : row));
}
