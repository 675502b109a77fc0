/**
 * What is kept in the browser: nothing before `allow`, then localStorage, and memory where that is blocked or full.
 */
export class Shelf {
  #prefix;
  #allowed = false;
  /** @type {Map<string, string>} */ #memory = new Map();

  /** @param {string} prefix of all keys, without a colon at the end */
  constructor(prefix) {
    this.#prefix = `${prefix}:`;
  }

  /** From now on writing is right: the visitor has opened or typed. */
  allow() {
    if (this.#allowed) return;
    this.#allowed = true;
    for (const [key, value] of this.#memory) this.set(key, value);
  }

  /** @param {string} key @returns {string | null} */
  get(key) {
    try {
      const value = localStorage.getItem(this.#prefix + key);
      if (value !== null) return value;
    } catch {
      // blocked: memory is all there is
    }
    return this.#memory.get(key) ?? null;
  }

  /** @param {string} key @param {string | null} value null removes it */
  set(key, value) {
    if (value === null) this.#memory.delete(key);
    else this.#memory.set(key, value);
    if (!this.#allowed && value !== null) return;
    try {
      if (value === null) return localStorage.removeItem(this.#prefix + key);
      localStorage.setItem(this.#prefix + key, value);
      this.#memory.delete(key); // another tab may change it from here on
    } catch {
      // blocked or full: it stays in memory
    }
  }

  /** Keys below this shelf that begin so, without the shelf's own prefix. @param {string} [start] */
  keys(start = "") {
    const found = new Set(this.#memory.keys());
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(this.#prefix)) found.add(key.slice(this.#prefix.length));
    } catch {
      // blocked
    }
    return [...found].filter((key) => key.startsWith(start));
  }

  clear() {
    for (const key of this.keys().sort()) this.set(key, null); // the token last: other tabs look then at what is left
  }

  /** Another tab changed a key (null: all of them). @param {(key: string | null, value: string | null) => void} heard @param {AbortSignal} signal ends it */
  listen(heard, signal) {
    const listener = (/** @type {StorageEvent} */ { key, newValue }) => {
      if (key === null || key.startsWith(this.#prefix)) heard(key && key.slice(this.#prefix.length), newValue);
    };
    addEventListener("storage", listener, { signal });
  }
}
