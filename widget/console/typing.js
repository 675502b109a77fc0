/** Who is writing: what the server says holds for some seconds, then it is forgotten without another word. */
import { put, typists } from "./state.js";

const TYPING_MS = 8_000;

/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/** @param {string} conversation @param {{ who: string, on: boolean, name?: string }} typist */
export function heed(conversation, { who, on, name = "" }) {
  clearTimeout(timers.get(conversation));
  put(typists, conversation, on ? { who, name } : undefined);
  if (on) timers.set(conversation, setTimeout(() => put(typists, conversation, undefined), TYPING_MS));
}
