/** What this person chose on this machine: theme, language, sounds, notifications, letter keys. Kept in localStorage. */
import { effect, signal } from "../preact.js";

/**
 * @typedef {object} Preferences
 * @property {"system" | "light" | "dark"} theme
 * @property {string} language empty: the account's, or the browser's
 * @property {boolean} sound
 * @property {boolean} notifications
 * @property {boolean} letters keyboard shortcuts that are a single letter
 */

const KEY = "svardesk.staff.preferences";
/** @type {Preferences} */
const NOTHING_CHOSEN = { theme: "system", language: "", sound: false, notifications: false, letters: true };

/** @param {string} key @param {unknown} fallback @returns {any} what was kept, or the fallback when storage is shut or holds nonsense */
export function recall(key, fallback) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** Null forgets it. @param {string} key @param {unknown} value @returns {boolean} whether it was kept */
export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** @type {import("../preact.js").Signal<Preferences>} */
export const preferences = signal({ ...NOTHING_CHOSEN, ...recall(KEY, {}) });

/** @param {Partial<Preferences>} change */
export function prefer(change) {
  preferences.value = { ...preferences.value, ...change };
  keep(KEY, preferences.value);
}

effect(() => {
  const { theme } = preferences.value;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
});

// another tab of the same person: stay in step with it
addEventListener("storage", (event) => {
  if (event.key === KEY) preferences.value = { ...NOTHING_CHOSEN, ...recall(KEY, {}) };
});
