/** The menu in the head: the language, and the end of the chat. */
import { h } from "./dom.js";
import { icon } from "./icon.js";

/** @param {import("./panel.js").Panel} view @param {HTMLElement} button that opens and shuts it */
export function menu({ app, talk, words }, button) {
  /** From now on no other language counts. @param {string} language */
  const choose = (language) => {
    talk.shelf.set("language", language);
    talk.tell(language);
    app.follow(language);
  };
  const shut = () => {
    button.parentElement?.querySelector(".w__menu")?.remove();
    button.ariaExpanded = "false";
  };
  if (button.ariaExpanded === "true") return button.focus(), shut();
  /** @param {string} role @param {string} sign @param {string} text @param {() => void} act @param {object} [more] */
  const item = (role, sign, text, act, more) => h("button", { class: "sd-menu__item", role, tabindex: "-1", click: () => (button.focus(), shut(), act()), ...more }, icon(sign), text);
  const items = ["en", "da", "sv", "nb", "nn"].map((lang) =>
    item("menuitemradio", "check", words.nameOf(lang, lang).replace(/./, (letter) => letter.toUpperCase()), () => choose(lang), { lang, "aria-checked": `${lang === words.language}` }),
  );
  if (talk.conversation && !talk.over && !talk.fresh) items.push(item("menuitem", "close", words.say("end"), () => talk.finish(), { class: "sd-menu__item sd-menu__item--danger" }));
  const keydown = (/** @type {KeyboardEvent} */ event) => {
    const at = items.findIndex((one) => one.matches(":focus"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length)?.focus();
    else if (event.key === "Escape") button.focus(), shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const focusout = (/** @type {FocusEvent} */ { relatedTarget }) => [button, ...items].includes(/** @type {any} */ (relatedTarget)) || setTimeout(shut);
  const node = h("div", { class: "sd-menu w__menu", role: "menu", "aria-label": words.say("menu"), keydown, focusout }, ...items);
  button.ariaExpanded = "true";
  button.after(node);
  items[0].focus();
}
