/** The door to articles on the server, and what it speaks of. Throws a Problem (../shared/api.js). */
import * as api from "../shared/api.js";

/**
 * @typedef {"draft" | "published" | "changed" | "archived"} State
 * @typedef {{ title: string, questions: string[], body: string }} Draft
 * @typedef {Draft & { version: number, published_at: string, published_by: string }} Version
 * @typedef {Draft & { article: string, language: string, state: State, revision: number, updated_at: string, updated_by: string, published: Version | null }} ArticleLanguage
 * @typedef {{ id: string, audience?: string, action?: string, languages: Record<string, ArticleLanguage> }} Root
 * @typedef {{ state: State, title: string, updated_at: string, outdated: boolean }} RowLanguage
 * @typedef {{ id: string, title: string, languages: Record<string, RowLanguage>, updated_at: string }} Row
 * @typedef {{ article: string, language: string, title: string, certainty: number, score: number, passage: string, matched?: string }} Hit
 * @typedef {{ model: string, articles: number, units: number, done: number, total: number }} ModelReading
 * @typedef {{ now: ModelReading, then: ModelReading | null }} Knowledge
 * @typedef {{ threshold: number, outcome: "answer" | "offer" | "hand_over", hits: Hit[] }} Trial
 */

const PAGE = 100;
const ARTICLES = "/api/v1/articles";

/** Each of our answers has a body: one that was cut off on its way is no answer. @template {(...words: any[]) => Promise<any>} T @param {T} ask @returns {T} */
const whole = (ask) =>
  /** @type {T} */ (
    async (...words) => {
      const answer = await ask(...words);
      if (answer === null) throw new api.Problem("bad_answer", 0);
      return answer;
    }
  );
const [get, post, put] = [whole(api.get), whole(api.post), whole(api.put)];

/** @param {string} article @param {string} [language] */
const address = (article, language) => [ARTICLES, article, ...(language ? [language] : [])].map((part, i) => (i ? encodeURIComponent(part) : part)).join("/");

/** @param {{ title: string, questions: readonly string[], body: string }} draft what is stored: the server drops blank questions too */
const words = ({ title, questions, body }) => ({ title, questions: questions.filter((each) => each.trim()), body });

/** How far the assistant is. @param {AbortSignal} signal @returns {Promise<Knowledge>} */
export const knowledge = (signal) => get("/api/v1/knowledge", { signal });

/** @param {string} q @param {string} cursor @param {AbortSignal} [signal] @returns {Promise<{ items: Row[], next_cursor: string | null }>} */
export const list = (q, cursor, signal) =>
  get(`${ARTICLES}?${new URLSearchParams({ ...(q ? { q } : {}), limit: String(PAGE), ...(cursor ? { cursor } : {}) })}`, { signal });

/** @param {string} article @param {AbortSignal} [signal] @returns {Promise<Root>} */
export const fetchRoot = (article, signal) => get(address(article), { signal });

/** @param {string} article empty: a new one @param {string} language @param {Draft} draft @returns {Promise<ArticleLanguage>} */
export const create = (article, language, draft) => post(ARTICLES, { ...(article ? { id: article } : {}), language, ...words(draft) });

/** @param {string} article @param {string} language @param {Draft} draft @param {number} revision @returns {Promise<ArticleLanguage>} */
export const save = (article, language, draft, revision) => put(address(article, language), { ...words(draft), revision });

/** @param {string} article @param {string} language @param {number} revision @returns {Promise<ArticleLanguage>} */
export const publish = (article, language, revision) => post(`${address(article, language)}/publish`, { revision });

/** @param {string} article @param {string} language @returns {Promise<ArticleLanguage>} */
export const archive = (article, language) => post(`${address(article, language)}/archive`);

/** Newest first. @param {string} article @param {string} language @param {string} [cursor] @returns {Promise<{ items: Version[], next_cursor: string | null }>} */
export const versions = (article, language, cursor) => get(`${address(article, language)}/versions${cursor ? `?${new URLSearchParams({ cursor })}` : ""}`);

/** @param {string} article @param {string} language @param {number} version @param {number} revision of the draft that gives way @returns {Promise<ArticleLanguage>} */
export const revert = (article, language, version, revision) => post(`${address(article, language)}/revert`, { version, revision });

/** What customers would see of a body. @param {string} body @param {string} language @param {AbortSignal} [signal] @returns {Promise<{ html: string }>} */
export const preview = (body, language, signal) => post(`${ARTICLES}/preview`, { body, language }, { signal });

/**
 * @param {string} question @param {string} language
 * @param {(Draft & { article: string, language: string }) | null} draft searched as if it were published; null: what is published now
 * @returns {Promise<Trial>}
 */
export const tryOut = (question, language, draft) =>
  post(`${ARTICLES}/try`, { question, language, ...(draft ? { draft: { ...words(draft), article: draft.article, language: draft.language } } : {}) });
