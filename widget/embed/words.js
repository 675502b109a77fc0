/** The strings of one language, and times and numbers as that language writes them. */

/**
 * @typedef {import("./app.d.ts").Word} Word
 * @typedef {(word: Word, values?: Record<string, string | number>) => string} Speak
 */

export class Words {
  /** @param {string} language @param {import("./app.d.ts").Strings} strings */
  constructor(language, strings) {
    this.language = language;
    this.#clock = new Intl.DateTimeFormat([language === "en" ? "en-GB" : language, "nb"], { hour: "2-digit", minute: "2-digit" });
    /** @type {Speak} */
    this.say = (word, values = {}) => strings[word].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  #clock;

  /** @param {string} language */
  static async load(language) {
    return new Words(language, (await import(`./strings/${language}.js`)).default);
  }

  /** @param {string | number | null | undefined} when */
  time(when) {
    return when ? this.#clock.format(new Date(when)) : "";
  }

  /** What a language is called, here or in another one. @param {string} code @param {string} [language] */
  nameOf(code, language = this.language) {
    return new Intl.DisplayNames([language, "nb"], { type: "language" }).of(code) ?? code;
  }

  /** An honest wait: a range in whole minutes, or that nobody knows. @param {[number, number] | null} [seconds] */
  wait(seconds) {
    if (!seconds) return this.say("waitUnknown");
    const low = Math.max(1, Math.floor(seconds[0] / 60));
    const high = Math.max(low, Math.ceil(seconds[1] / 60));
    if (high === 1) return this.say("waitOne");
    return low === high ? this.say("waitAbout", { n: low }) : this.say("waitRange", { low, high });
  }
}
