/** The text field: grows with the text, keeps it across reloads, sends on Enter. */
import { h } from "./dom.js";
import { icon } from "./icon.js";

const LIMIT = 4000; // characters; the server refuses more
const GROWS = CSS.supports("field-sizing", "content");

export class Composer {
  /** @param {import("./panel.js").View} view */
  constructor(view) {
    this.view = view;
    this.field = h("textarea", { class: "sd-composer__text", rows: 1, enterkeyhint: "send", autofocus: true, input: () => this.#typed(), keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) });
    this.button = h("button", { class: "sd-btn sd-btn--icon", click: () => this.#send() }, icon("send", "sd-i--lg"));
    this.node = h("div", { class: "sd-composer" }, this.field, this.button);
    this.put(view.talk.shelf.get("draft") ?? "");
  }

  /** @param {string} text */
  put(text) {
    this.field.value = text;
    this.#fit();
  }

  /** Characters over the limit, 0 when it fits. */
  get over() {
    return Math.max(0, [...this.field.value.trim()].length - LIMIT);
  }

  /** @param {string} hint what to write here */
  label(hint) {
    if (this.field.placeholder !== hint) this.field.placeholder = this.field.ariaLabel = hint;
  }

  #typed() {
    const { talk } = this.view;
    talk.shelf.set("draft", this.field.value || null);
    talk.typing(this.field.value.trim() !== "");
    this.#fit();
    this.view.draw();
  }

  #fit() {
    const empty = !this.field.value.trim() || this.over > 0;
    this.button.disabled = empty;
    this.button.classList.toggle("sd-btn--primary", !empty);
    if (GROWS) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.field.value.trim();
    if (!text || this.over) return;
    const { shelf } = this.view.talk;
    if (shelf.get("draft") === this.field.value) shelf.set("draft", null); // else it is another tab's
    this.view.say(text);
    this.put("");
    this.field.focus();
  }
}
