/** The staff apps' words in the reader's language, and times, numbers and names of languages as that language writes them. */
import { computed, signal } from "../preact.js";
import english from "./strings/en.js";

export const LANGUAGES = /** @type {const} */ (["en", "da", "sv", "nb", "nn"]);
/** @typedef {(typeof LANGUAGES)[number]} Language */

/** Browsers without Nynorsk data would fall back to their own language, so the nearest one comes next. */
const LOCALES = { en: ["en-GB"], da: ["da"], sv: ["sv"], nb: ["nb", "no"], nn: ["nn", "nb", "no"] };

/** @type {import("../preact.js").Signal<Language>} */
export const language = signal("en");
/** @type {import("../preact.js").Signal<Record<string, string>>} */
const words = signal({ ...english });
const locale = computed(() => LOCALES[language.value]);

/** The first of the wished languages that we have. @param {readonly (string | undefined | null)[]} wishes @returns {Language} */
export function choose(wishes) {
  for (const wish of wishes) {
    const code = (wish || "").toLowerCase().split("-")[0];
    const known = code === "no" ? "nb" : LANGUAGES.find((each) => each === code);
    if (known) return known;
  }
  return "en";
}

/** @type {((language: Language) => Promise<{ default: Record<string, string> }>)[]} */
const sources = [(code) => import(`./strings/${code}.js`)];

/** An app with words of its own names them here, before it starts. @param {(language: Language) => Promise<{ default: Record<string, string> }>} source */
export function addStrings(source) {
  if (!sources.includes(source)) sources.push(source);
}

/** Switches the page to a language. @param {Language} code */
export async function speak(code) {
  const all = await Promise.all(sources.map((source) => source(code)));
  words.value = Object.assign({ ...english }, ...all.map((each) => each.default));
  language.value = code;
  document.documentElement.lang = code;
}

/**
 * The text of a key with its `{placeholders}` filled. When `n` is given and the key has plural forms (`key.one`, `key.other`), that form.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const table = words.value;
  let text = table[key];
  if (text === undefined && "n" in values) text = table[`${key}.${new Intl.PluralRules(locale.value).select(Number(values.n))}`] ?? table[`${key}.other`];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** @param {string} key */
export const known = (key) => key in words.value;

/** @param {Intl.DateTimeFormatOptions} options @param {string | number | Date} at */
const format = (options, at) => new Intl.DateTimeFormat(locale.value, options).format(new Date(at));

/** 14:06, or 14.06 where it is written so. @param {string | number | Date} at */
export const clock = (at) => format({ hour: "2-digit", minute: "2-digit" }, at);
/** @param {string | number | Date} at */
export const day = (at) => (new Date(at).toDateString() === new Date().toDateString() ? t("today") : format({ weekday: "long", day: "numeric", month: "long" }, at));
/** @param {string | number | Date} at */
export const dateTime = (at) => format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, at);

/** Time today, else the date. @param {string | number | Date} at @param {number} now */
export function shortTime(at, now) {
  const date = new Date(at);
  return date.toDateString() === new Date(now).toDateString() ? clock(date) : format({ day: "numeric", month: "short" }, date);
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const number = (value, options) => new Intl.NumberFormat(locale.value, options).format(value);
/** 47 %, as that language writes it; what is not quite sure is not shown as a hundred. @param {number} value 0 to 1 */
export const score = (value, digits = 0) => number(value < 1 ? Math.min(value, 1 - 10 ** -(digits + 2)) : value, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "3 min 40 s" below an hour, then "1 h 5 min". @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return t("duration.s", { s: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 ? t("duration.min_s", { min: minutes, s: seconds % 60 }) : t("duration.min", { min: minutes });
  if (minutes < 60) return t("duration.min", { min: minutes });
  if (minutes < 1440) return minutes % 60 ? t("duration.h_min", { h: Math.floor(minutes / 60), min: minutes % 60 }) : t("duration.h", { h: minutes / 60 });
  return t("duration.days", { n: Math.floor(minutes / 1440) });
}

/** The same without the seconds, for what keeps growing. @param {number} ms */
export const about = (ms) => duration(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);

/** The name of a language in the reader's language. @param {string} code */
export const languageName = (code) => (known(`language.${code}`) ? t(`language.${code}`) : code);

/** The name of a language inside a sentence: only English writes it with a capital. @param {string} code */
export function spoken(code) {
  const name = languageName(code);
  return language.value === "en" ? name : name[0].toLowerCase() + name.slice(1);
}

const OWN_NAMES = { en: "English", da: "Dansk", sv: "Svenska", nb: "Norsk bokmål", nn: "Norsk nynorsk" };
/** What its speakers call it: for a list to choose from. @param {Language} code */
export const ownName = (code) => OWN_NAMES[code];
