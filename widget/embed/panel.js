/**
 * The opened widget: where it stands on the screen, where the focus goes, and when it is drawn again.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./talk.js").Talk} Talk
 * @typedef {Panel} View what the parts of the panel may use
 */
import { h } from "./dom.js";
import { Surface } from "./surface.js";
import { Words } from "./words.js";

const ANNOUNCE = 30_000; // ms between two places in line that are read out
const MOMENT = 500; // ms that what is said waits for the strings of its language: later they come behind it
const PHONE = matchMedia("(max-width: 480px)");

export class Panel {
  emailAsked = false;
  /** For having said whether an answer helped. @type {"" | "thankYes" | "thankNo"} */ thanks = "";
  /** The visitor goes on in a conversation that was ended. */
  goesOn = false;
  #due = false;
  #announced = 0;
  #asked = "";

  /** @param {App} app @param {Talk} talk @param {Words} words */
  constructor(app, talk, words) {
    this.app = app;
    this.talk = talk;
    this.words = words;
    this.#asked = words.language;
    this.node = h("dialog", { class: "w sd", keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event), cancel: (/** @type {Event} */ event) => (event.preventDefault(), app.close()) });
    app.root.append(this.node);
    this.surface = new Surface(this);
    talk.changed = () => this.draw();
    PHONE.addEventListener("change", () => this.node.open && this.#stand());
    for (const change of ["resize", "scroll"]) visualViewport?.addEventListener(change, () => this.#fitPhone());
  }

  /** @param {string} [draft] */
  show(draft) {
    this.talk.begin();
    if (draft) this.surface.composer.put(draft);
    if (!this.node.open) this.#stand();
    this.surface.draw();
    this.surface.log.toEnd();
    this.focus();
  }

  hide() {
    this.node.close();
    this.talk.see();
  }

  focus() {
    this.surface.focus();
  }

  /** On a phone it is the whole screen, and modal. */
  #stand() {
    if (this.node.open) this.node.close();
    if (PHONE.matches) this.node.showModal();
    else this.node.show();
    this.#fitPhone();
  }

  /** The keyboard of a phone covers half the window; stay in the half that is seen. */
  #fitPhone() {
    const view = PHONE.matches && visualViewport;
    this.node.style.setProperty("--high", view ? `${view.height}px` : null);
    this.node.style.setProperty("--top", view ? `${view.offsetTop}px` : null);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation(); // the page's own shortcuts are not meant
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.app.close();
  }

  /** @param {string} text @param {string} [article] */
  say(text, article) {
    this.talk.say(text, article);
    this.surface.log.toEnd();
  }

  /** @param {boolean} asked */
  askEmail(asked) {
    this.emailAsked = asked;
    this.surface.draw();
    if (!asked) return this.focus();
    this.surface.log.toEnd();
    /** @type {HTMLElement | null} */ (this.node.querySelector('[type="email"]'))?.focus();
  }

  /** Reads out the place in line, not too often; "" takes back what was read out. */
  announce = (/** @type {string} */ text) => {
    if (text && Date.now() - this.#announced < ANNOUNCE) return;
    this.#announced = text ? Date.now() : 0;
    this.surface.voice.textContent = text;
  };

  draw() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(async () => {
      const { language } = this.app;
      if (this.#asked !== language) await this.#speak();
      this.#due = false;
      this.surface.draw();
      if (this.app.language !== language) this.draw(); // changed once more meanwhile
    });
  }

  /** The language of the app has changed. Without its strings (the line is gone) it stays as it is until the next news. */
  async #speak() {
    const language = (this.#asked = this.app.language);
    const load = async () => {
      try {
        const words = await Words.load(language);
        if (language !== this.#asked) return;
        this.words = words;
        this.surface.speak();
      } catch {
        this.#asked = "";
      }
    };
    await Promise.race([load(), new Promise((done) => setTimeout(done, MOMENT))]);
  }
}
