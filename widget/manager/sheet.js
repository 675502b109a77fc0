/**
 * One language of an article on the desk: its draft, and the promise that nothing typed is lost. Saves after a pause, one
 * save at a time; what is not stored yet lies in localStorage, and a failed save is tried again until it succeeds.
 */
import { Problem } from "../shared/api.js";
import { batch, signal } from "../shared/preact.js";
import * as articles from "./articles.js";
import { identical, isEmpty, same } from "./sameness.js";

/**
 * @typedef {import("./articles.js").Draft} Draft
 * @typedef {import("./articles.js").ArticleLanguage} ArticleLanguage
 * @typedef {{ draft: Draft, revision: number, at: number }} Copy
 * @typedef {{ keep: (copy: Copy | null) => boolean, stored: (sheet: Sheet, edition: ArticleLanguage) => void, twin: (sheet: Sheet, draft: Draft) => Promise<ArticleLanguage | null> }} Ports
 *   keep: the local copy, null forgets it. stored: the server has a new edition. twin: what a create whose answer got lost may have made.
 * @typedef {"clean" | "dirty" | "saving" | "failed" | "refused" | "conflict"} Phase
 */

const PAUSE_MS = 1_500;
const LONGEST_MS = 10_000; // who types without a pause is saved this often
const RETRY_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
/** @type {Draft} */
const NOTHING = { title: "", questions: [], body: "" };

/** @param {unknown} problem no answer, or one that says "later": worth trying again */
export const isAway = (problem) => problem instanceof Problem && (problem.code === "offline" || problem.code === "bad_answer" || problem.status >= 500 || problem.status === 429 || problem.status === 401);

/** @param {Draft} draft @returns {Draft} */
const wordsOf = ({ title, questions, body }) => ({ title, questions: [...questions], body });

export class Sheet {
  /** @param {string} article empty: not stored yet @param {string} language @param {ArticleLanguage | null} base @param {Copy | null} copy @param {Ports} ports @param {Draft} [start] */
  constructor(article, language, base, copy, ports, start = NOTHING) {
    this.article = article;
    this.language = language;
    this.ports = ports;
    /** What the server has. */
    this.base = signal(base);
    this.draft = signal(base ? wordsOf(base) : start);
    this.phase = signal(/** @type {Phase} */ ("clean"));
    this.problem = signal(/** @type {unknown} */ (null));
    /** The other edition, while both are to be chosen from. */
    this.theirs = signal(/** @type {ArticleLanguage | null} */ (null));
    /** My text that gave way to another edition, until it is brought back. */
    this.shelved = signal(/** @type {Draft | null} */ (null));
    this.publishing = signal(/** @type {"" | "busy" | "live"} */ (""));
    this.restored = signal(false);
    /** False when the browser keeps nothing: then the page asks before it closes. */
    this.kept = signal(true);
    /** While the title of a new article is being typed, its id would be made from half of it. */
    this.held = false;
    this.sent = base ? wordsOf(base) : NOTHING;
    this.uncertain = false;
    this.failures = 0;
    this.firstEdit = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Promise<boolean> | null} */
    this.running = null;
    if (copy) this.#restore(copy);
    else if (start !== NOTHING && !base) this.edit(start);
  }

  /** @param {Copy} copy */
  #restore(copy) {
    const base = this.base.peek();
    if (base && same(base, copy.draft)) return void this.ports.keep(null);
    this.draft.value = wordsOf(copy.draft);
    this.restored.value = true;
    if (base && base.revision !== copy.revision) {
      this.phase.value = "conflict";
      this.theirs.value = base;
    } else this.#schedule();
  }

  /** Whether the screen says something that is not stored. */
  get differs() {
    return !identical(this.draft.peek(), this.sent);
  }

  /** @param {Partial<Draft>} change */
  edit(change) {
    batch(() => {
      this.draft.value = { ...this.draft.peek(), ...change };
      this.restored.value = false;
      if (this.phase.peek() !== "conflict") this.#schedule();
    });
    this.#keep();
  }

  #keep() {
    const base = this.base.peek();
    const draft = this.draft.peek();
    this.kept.value = this.ports.keep(this.differs && !(isEmpty(draft) && !base) ? { draft, revision: base?.revision || 0, at: Date.now() } : null);
  }

  #schedule() {
    clearTimeout(this.timer);
    if (this.phase.peek() !== "saving" && this.phase.peek() !== "failed") this.phase.value = this.differs ? "dirty" : "clean";
    this.firstEdit ||= Date.now();
    this.timer = setTimeout(() => void this.save(), Math.max(0, Math.min(PAUSE_MS, this.firstEdit + LONGEST_MS - Date.now())));
  }

  /** The title is done: a new article may be made now. */
  release() {
    this.held = false;
    if (this.differs && this.phase.peek() !== "conflict") this.#schedule();
  }

  /** Stores everything now. @returns {Promise<boolean>} whether it is stored */
  async flush() {
    this.held = false;
    while (this.differs) if (!(await this.save())) return false;
    return this.phase.peek() !== "conflict";
  }

  /** One save. @returns {Promise<boolean>} */
  save() {
    clearTimeout(this.timer);
    this.running ||= this.#save().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async #save() {
    const draft = this.draft.peek();
    const base = this.base.peek();
    if (!this.differs) return true;
    if (this.phase.peek() === "conflict") return false;
    if (!base && (this.held || (this.article ? isEmpty(draft) : !draft.title.trim()))) return false;
    this.firstEdit = 0;
    if (this.phase.peek() !== "failed") this.phase.value = "saving";
    try {
      const twin = !base && this.uncertain ? await this.ports.twin(this, draft) : null;
      this.#stored(twin || (base ? await articles.save(this.article, this.language, draft, base.revision) : await articles.create(this.article, this.language, draft)), draft);
      return true;
    } catch (problem) {
      return this.#failed(problem, draft);
    }
  }

  /** @param {ArticleLanguage} edition @param {Draft} sent */
  #stored(edition, sent) {
    this.ports.keep(null); // under the old name: a new article has none yet
    batch(() => {
      this.article = edition.article;
      this.base.value = edition;
      this.sent = wordsOf(sent);
      this.failures = 0;
      this.uncertain = false;
      this.problem.value = null;
      this.phase.value = this.differs ? "dirty" : "clean";
    });
    this.#keep();
    this.ports.stored(this, edition);
    if (this.differs) this.#schedule();
  }

  /** @param {unknown} problem @param {Draft} sent @returns {Promise<boolean>} */
  async #failed(problem, sent) {
    const code = problem instanceof Problem ? problem.code : "";
    if (code === "edited_elsewhere" || (code === "article_exists" && this.article)) {
      try {
        return await this.clash(sent);
      } catch (later) {
        problem = later;
      }
    }
    batch(() => {
      this.problem.value = problem;
      this.phase.value = isAway(problem) ? "failed" : "refused";
    });
    if (isAway(problem)) {
      this.uncertain = true;
      const wait = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.save(), Math.max(wait, problem instanceof Problem ? problem.retryAfter * 1000 : 0));
    }
    return false;
  }

  /** The server has another edition than the one this is built on. @param {Draft} [sent] @returns {Promise<boolean>} whether it only was our own */
  async clash(sent = this.draft.peek()) {
    const theirs = (await articles.fetchRoot(this.article)).languages[this.language];
    // our own save, whose answer got lost on the way
    if (same(theirs, sent)) {
      this.#stored(theirs, sent);
      return true;
    }
    clearTimeout(this.timer);
    batch(() => {
      this.theirs.value = theirs;
      this.phase.value = "conflict";
    });
    return false;
  }

  /** Chooses between the two editions. @param {"mine" | "theirs"} which */
  settle(which) {
    const theirs = this.theirs.peek();
    if (!theirs) return;
    batch(() => {
      if (which === "theirs") this.shelved.value = this.draft.peek();
      this.adopt(theirs, which === "theirs");
      this.theirs.value = null;
      this.phase.value = this.differs ? "dirty" : "clean";
    });
    this.#keep();
    if (this.differs) void this.save();
  }

  /** Takes what the server has now as the ground; with `show`, on the screen too. @param {ArticleLanguage} edition @param {boolean} show */
  adopt(edition, show) {
    const untouched = !this.differs;
    this.base.value = edition;
    this.sent = wordsOf(edition);
    if (show || untouched) this.draft.value = wordsOf(edition);
    this.#keep();
  }

  bringBack() {
    const mine = this.shelved.peek();
    this.shelved.value = null;
    if (mine) this.edit(mine);
  }
}
