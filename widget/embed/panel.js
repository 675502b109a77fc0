/**
 * The opened widget: head, connection strip, log, text field. Draws what Talk knows; keeps no truth of its own.
 *
 * @typedef {import("./app.d.ts").App} App
 * @typedef {import("./talk.js").Talk} Talk
 * @typedef {{
 *   app: App, talk: Talk, words: Words, emailAsked: boolean, announce: (text: string) => void,
 *   say: (text: string, article?: string) => void, askEmail: (asked: boolean) => void, draw: () => void, focus: () => void,
 * }} View what the parts of the panel may use
 */
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { avatar, icon } from "./icon.js";
import { Log } from "./log.js";
import { menu } from "./menu.js";
import { rows } from "./rows.js";
import { Words } from "./words.js";

const ANNOUNCE = 30_000; // ms between two places in line that are read out
const PHONE = matchMedia("(max-width: 480px)");
const STYLES = ["../shared/tokens.css", "../shared/chat.css", "./panel.css"];

/** Constructed sheets need nothing of the page's style-src; fetching them needs the connect-src that the socket needs anyway. */
const sheets = () =>
  Promise.all(
    STYLES.map(async (name) => {
      const answer = await fetch(new URL(name, import.meta.url));
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return new CSSStyleSheet().replace(await answer.text());
    }),
  );

/** @implements {View} */
export class Panel {
  emailAsked = false;
  #more = false;
  #due = false;
  #announced = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #clock;

  /** @param {App} app @param {Talk} talk */
  static async make(app, talk) {
    const [words, styles] = await Promise.all([Words.load(app.language), sheets()]);
    app.root.adoptedStyleSheets.push(...styles);
    return new Panel(app, talk, words);
  }

  /** @param {App} app @param {Talk} talk @param {Words} words */
  constructor(app, talk, words) {
    this.app = app;
    this.talk = talk;
    this.words = words;
    this.say = (/** @type {string} */ text, /** @type {string | undefined} */ article) => {
      talk.say(text, article);
      this.#log.toEnd();
    };
    this.node = h("dialog", { class: "w sd", keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) });
    this.node.oncancel = (event) => (event.preventDefault(), app.close());
    app.root.append(this.node);
    this.#build();
    talk.changed = () => this.draw();
    PHONE.addEventListener("change", () => this.node.open && this.#stand());
    visualViewport?.addEventListener("resize", () => this.#fitPhone());
    visualViewport?.addEventListener("scroll", () => this.#fitPhone());
  }

  /** Everything that holds words; again when the language changes. */
  #build() {
    const { words, app } = this;
    const quiet = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {object} */ more) => h("button", { class: "sd-btn sd-btn--quiet sd-btn--icon", type: "button", "aria-label": label, ...more }, icon(sign, "sd-i--lg"));
    this.node.lang = words.language;
    this.picture = h("span");
    this.title = h("h2", { class: "sd-trunc" });
    this.sub = h("p", { class: "sd-trunc" });
    /** @type {HTMLElement | null} */ let open = null;
    const more = quiet("more", words.say("menu"), { "aria-haspopup": "menu", "aria-expanded": "false", click: () => (open?.isConnected ? open.remove() : (open = menu(this, more))) });
    const head = h("header", { class: "w__head" }, this.picture, h("div", { class: "sd-grow" }, this.title, this.sub), more, quiet("close", words.say("close"), { click: () => app.close() }));
    this.strip = h("div", { role: "status" });
    this.voice = h("div", { class: "sd-sr", role: "status" });
    this.#log = new Log(this);
    this.composer = new Composer(this);
    this.note = h("span");
    this.link = h("button", { class: "sd-btn sd-btn--link", type: "button" });
    this.foot = h("div", { class: "w__foot" }, this.composer.node, h("div", { class: "w__legal" }, this.note, this.link));
    const startNew = () => ((this.talk.fresh = true), this.draw(), this.focus());
    const writeMore = h("button", { class: "sd-btn sd-btn--link", type: "button", click: () => ((this.#more = true), this.draw(), this.focus()) }, words.say("writeMore"));
    this.over = h("div", { class: "w__foot w__over" }, h("button", { class: "sd-btn sd-btn--block sd-btn--lg", type: "button", click: startNew }, icon("plus"), words.say("startNew")), writeMore);
    this.reopen = writeMore;
    this.node.replaceChildren(head, this.strip, this.#log.node, this.foot, this.over, this.voice);
    this.#render();
  }

  /** @type {Log} */ #log;

  /** The language of the app has changed. */
  async speak() {
    if (this.words.language === this.app.language) return;
    this.words = await Words.load(this.app.language);
    this.#build();
    if (this.node.open) this.focus();
  }

  /** @param {string} [draft] */
  show(draft) {
    this.talk.begin();
    if (draft) this.composer.put(draft);
    if (!this.node.open) this.#stand();
    this.#render();
    this.#log.toEnd();
    this.focus();
  }

  hide() {
    this.node.close();
    this.talk.see();
  }

  focus() {
    (this.foot.hidden ? this.over.querySelector("button") : this.composer.field)?.focus();
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
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.app.close();
  }

  /** @param {boolean} asked */
  askEmail = (asked) => {
    this.emailAsked = asked;
    this.draw();
    if (!asked) this.focus();
    else queueMicrotask(() => (this.#log.toEnd(), /** @type {HTMLElement | null} */ (this.node.querySelector('[type="email"]'))?.focus()));
  };

  /** @param {string} text */
  announce = (text) => {
    if (this.voice.textContent === text || Date.now() - this.#announced < ANNOUNCE) return;
    this.#announced = Date.now();
    this.voice.textContent = text;
  };

  draw = () => {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#render();
    });
  };

  #render() {
    const { talk, words } = this;
    if (talk.state?.email || talk.feed.entries.some(({ data }) => data.kind === "contact")) this.emailAsked = false;
    if (!talk.over) this.#more = false;
    this.#head();
    this.#connection();
    this.#log.draw(rows(this));
    if (talk.settled || (!talk.loading && talk.feed.last === 0)) this.#log.goLive();
    const ended = talk.over && !talk.fresh && !this.#more;
    this.foot.hidden = ended;
    this.over.hidden = !ended;
    this.reopen.hidden = talk.status === "closed";
    const agent = talk.status === "assigned" && talk.state?.agent;
    const hint = agent ? words.say("writeTo", { name: agent }) : words.say(talk.status === "queued" ? "writeQueued" : talk.feed.last && !talk.fresh ? "write" : "ask");
    this.composer.label(hint, words.say(talk.link.status === "waiting" ? "sendLater" : "send"));
  }

  #head() {
    const { talk, words, app, title, sub, picture } = this;
    const site = app.config.name || words.say("log");
    const agent = talk.status === "assigned" && !talk.fresh ? (talk.state?.agent ?? "") : "";
    const connecting = talk.loading ? "statusFinding" : !talk.wasOnline && talk.link.status === "connecting" ? "statusConnecting" : "statusBot";
    const status = talk.fresh || talk.status === "bot" ? connecting : talk.status === "queued" ? "statusQueued" : "statusEnded";
    title.textContent = agent || site;
    sub.textContent = agent ? site : words.say(status);
    this.node.ariaLabel = site;
    if (picture.dataset.of === agent + site) return;
    const face = agent ? avatar(agent) : h("span", { class: "sd-av sd-av--brand", "aria-hidden": "true" }, site[0].toUpperCase());
    if (agent) face.append(h("span", { class: "sd-av__on" }));
    picture.dataset.of = agent + site;
    picture.replaceChildren(face);
  }

  /** The strip, and the line under the text field. */
  #connection() {
    const { talk, words, note, link } = this;
    const { status, retryAt, attempts } = talk.link;
    const lost = status !== "online" && status !== "idle" && (talk.wasOnline || attempts > 1 || status === "waiting");
    const back = !lost && Date.now() < talk.backUntil;
    const kind = lost ? "offline" : back ? "back" : "";
    if (this.strip.dataset.kind !== kind) {
      this.strip.dataset.kind = kind;
      this.strip.replaceChildren(...(kind ? [h("div", { class: `sd-banner${back ? " sd-banner--ok" : ""}` }, icon(lost ? "off" : "check"), h("span", null, words.say(lost ? "offline" : "back")))] : []));
    }
    const days = this.app.config.retention_days;
    const { over } = this.composer;
    const seconds = Math.ceil((retryAt - Date.now()) / 1000);
    note.textContent = lost ? (seconds > 0 ? words.say("retryIn", { n: seconds }) : words.say("retrying")) : over ? words.say("tooLong", { n: over }) : days ? words.say("kept", { n: days }) : "";
    note.className = over && !lost ? "sd-help--error" : "";
    link.textContent = words.say(lost ? "tryNow" : "person");
    link.hidden = !lost && !(talk.fresh || ((talk.status === "bot" || talk.over) && !talk.pending("request_human")));
    link.onclick = lost ? () => talk.link.restart() : () => talk.requestHuman();
    if (lost && !this.#clock) this.#clock = setInterval(() => this.#connection(), 1000);
    else if (!lost && this.#clock) this.#clock = void clearInterval(this.#clock);
  }
}
