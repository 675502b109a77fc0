/** The menu in the head: the language, and the end of the chat. */
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { NAMES } from "./words.js";

/** @param {import("./panel.js").View} view @param {HTMLElement} button that opens it @returns {HTMLElement} */
export function menu({ app, talk, words }, button) {
  /** @param {boolean} [back] gives the focus back */
  const shut = (back) => {
    if (!node.isConnected) return;
    node.remove();
    button.ariaExpanded = "false";
    if (back) button.focus();
  };
  const choose = (/** @type {() => void} */ act) => () => (shut(true), act());
  const item = (/** @type {string} */ sign, /** @type {string} */ text, /** @type {object} */ more) => h("button", { class: "sd-menu__item", type: "button", tabindex: "-1", ...more }, icon(sign), text);
  const languages = Object.entries(NAMES).map(([code, name]) =>
    item("check", name, { role: "menuitemradio", lang: code, "aria-checked": String(code === words.language), click: choose(() => app.setLanguage(code, true)) }),
  );
  const running = talk.conversation && !talk.over && !talk.fresh;
  const end = running && item("close", words.say("end"), { class: "sd-menu__item sd-menu__item--danger w__end", role: "menuitem", click: choose(() => talk.finish()) });
  const items = [...languages, ...(end ? [end] : [])];
  const keydown = (/** @type {KeyboardEvent} */ event) => {
    const at = items.findIndex((one) => one.matches(":focus"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") shut(event.key === "Escape");
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };
  const focusout = (/** @type {FocusEvent} */ { relatedTarget }) => relatedTarget !== button && !node.contains(/** @type {Node | null} */ (relatedTarget)) && shut();
  const node = h("div", { class: "sd-menu w__menu", role: "menu", "aria-label": words.say("menu"), keydown, focusout }, h("p", { class: "sd-menu__head", role: "presentation" }, words.say("language")), ...languages, end && h("hr", { role: "separator" }), end);
  button.ariaExpanded = "true";
  button.after(node);
  (languages.find((one) => one.ariaChecked === "true") ?? items[0]).focus();
  return node;
}
