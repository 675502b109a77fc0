/** Icons by name, and the round pictures of who speaks. */
import { chatIcons } from "../shared/chat-icons.js";
import { glyph, h } from "./dom.js";

/** @param {string} name @param {string} [more] classes */
export const icon = (name, more) => glyph(chatIcons[name], more);

/** Colleagues and customers use first names. @param {string} name */
export const firstName = (name) => name.trim().split(/\s/)[0];

/** The round picture of a person: initials on a hue of their own. @param {string} name @param {string} [more] */
export function avatar(name, more = "") {
  const words = name.trim().split(/\s+/);
  const initials = (words[0][0] ?? "?") + (words.length > 1 ? words[words.length - 1][0] : "");
  const node = h("span", { class: `sd-av ${more}`, "aria-hidden": "true" }, initials.toUpperCase());
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + /** @type {number} */ (letter.codePointAt(0))) % 360;
  node.style.setProperty("--hue", String(hue));
  return node;
}

/** @param {string} [more] */
export const robot = (more = "") => h("span", { class: `sd-av sd-av--bot ${more}`, "aria-hidden": "true" }, icon("spark"));
