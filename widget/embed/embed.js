/**
 * The widget on somebody's page, before it is opened: options, the API on window.svardesk, the launcher.
 * The panel, the socket, styles and strings come when they are needed. Nothing is stored here.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./app.js").Options} Options
 */
import { labels, pickLanguage } from "./labels.js";
import { Launcher } from "./launcher.js";

/**
 * One booted widget.
 * @implements {App}
 */
class Widget {
  /** @type {import("./app.js").SiteConfig} */ config = { name: "", languages: [], retention_days: 0 };
  language = "en";
  /** What the conversation is in, once there is one. @type {string | undefined} */ spoken;
  visible = false;
  gone = false;
  /** @type {Promise<import("./talk.js").Talk> | undefined} */ #talk;
  /** @type {Promise<import("./panel.js").Panel> | undefined} */ #panel;

  /** @param {string} origin @param {Options} options */
  constructor(origin, options) {
    this.origin = origin;
    this.options = options;
    this.host = document.createElement("svardesk-widget");
    this.root = this.host.attachShadow({ mode: "closed" });
    this.launcher = new Launcher(this.root, () => this.open());
    this.update({});
    document.body.append(this.host);
    this.began = this.#begin();
  }

  async #begin() {
    try {
      const answer = await fetch(`${this.origin}/api/v1/sites/${encodeURIComponent(this.options.site)}`, { credentials: "omit" });
      if (answer.status === 404) return this.fail("unknown_site", `There is no site with the key ${this.options.site}.`);
      if (answer.ok) this.config = await answer.json();
    } catch {
      // the server is away: the panel says so, and keeps what is written
    }
    if (this.gone) return;
    this.update({});
    this.emit("ready", { site: this.options.site });
    if (this.#kept("token")) await this.talk(); // someone who was here before: is there news?
  }

  /** @param {Partial<Options>} options */
  update(options) {
    const asked = this.options.language;
    Object.assign(this.options, options);
    const { theme, brand, hideLauncher, language } = this.options;
    if (language !== asked) {
      this.spoken = undefined; // the visitor has changed it with the page
      void this.#talk?.then((talk) => talk.tell(this.language));
    }
    if (theme === "light" || theme === "dark") this.host.dataset.theme = theme;
    else delete this.host.dataset.theme;
    const colour = brand || this.config.brand;
    if (colour) this.host.style.setProperty("--sd-brand", colour);
    this.launcher.node.hidden = this.visible || (!!hideLauncher && hideLauncher !== "false");
    this.#speak();
  }

  /** Chosen by the visitor before all, then what the conversation is in, then the page's. */
  #speak() {
    this.language = pickLanguage(this.#kept("language"), this.spoken, this.options.language);
    this.launcher.show(this.language);
    void this.#panel?.then((panel) => panel.draw());
  }

  /** The conversation is in this language. @param {string} [language] */
  follow(language) {
    this.spoken = language;
    this.#speak();
  }

  get labels() {
    return labels[this.language];
  }

  /** Read only; writing is the Shelf's, after the first interaction. @param {string} key */
  #kept(key) {
    try {
      return localStorage.getItem(`svardesk:${this.options.site}:${key}`);
    } catch {
      return null;
    }
  }

  talk() {
    return (this.#talk ??= import("./opened.js").then(({ listen }) => listen(this)));
  }

  /** @param {string} [draft] put into the text field */
  async open(draft) {
    this.launcher.button.ariaBusy = "true";
    try {
      await this.began;
      this.#panel ??= Promise.all([import("./opened.js"), this.talk()]).then(([opened, talk]) => opened.open(this, talk));
      const panel = await this.#panel;
      if (this.gone) return;
      const was = this.visible;
      this.visible = true;
      this.update({});
      panel.show(draft);
      if (!was) this.emit("open");
    } catch (error) {
      this.#panel = undefined;
      this.fail("load", String(error));
    }
    this.launcher.button.ariaBusy = null;
  }

  close() {
    if (!this.visible) return;
    this.visible = false;
    void this.#panel?.then((panel) => panel.hide());
    this.update({});
    this.launcher.button.focus();
    this.emit("close");
  }

  /** @param {number} count */
  unread(count) {
    if (count === this.launcher.count) return;
    this.launcher.show(this.language, count);
    this.emit("unread", { count });
  }

  /** @param {string} name @param {unknown} [detail] */
  emit(name, detail) {
    dispatchEvent(new CustomEvent(`svardesk:${name}`, { detail }));
  }

  /** @param {string} code @param {string} message */
  fail(code, message) {
    console.warn(`svardesk: ${message}`);
    this.emit("error", { code, message });
  }

  /** Away from the page; with `forget`, out of the browser too. @param {boolean} [forget] */
  destroy(forget) {
    this.gone = true;
    this.visible = false;
    void this.#talk?.then((talk) => talk.end(forget));
    this.host.remove();
  }
}

/** @param {string} origin of the server */
export function start(origin) {
  if (window.svardesk?.live) return;
  /** @type {Widget | undefined} */ let widget;
  /** @type {Map<unknown, [string, EventListener]>} */ const heard = new Map();
  const later = (/** @type {string} */ name) => () => console.warn(`svardesk: ${name} is not available in this version.`);
  const reset = () => {
    const options = widget?.options;
    widget?.destroy(true);
    widget = options && new Widget(origin, options);
  };
  /** @type {Record<string, (...given: any[]) => unknown>} */
  const commands = {
    boot(/** @type {Options} */ options) {
      if (!options?.site) return console.warn("svardesk: boot needs a site key.");
      if (widget?.options.site === options.site) return widget.update(options);
      widget?.destroy();
      widget = new Widget(origin, { ...options });
    },
    update: (/** @type {Partial<Options>} */ { site: _, ...options } = {}) => widget?.update(options),
    show: () => widget?.update({ hideLauncher: false }),
    hide: () => widget?.update({ hideLauncher: true }),
    open: () => widget?.open(),
    close: () => widget?.close(),
    toggle: () => (widget?.visible ? widget.close() : widget?.open()),
    setLocale: (/** @type {string} */ language) => widget?.update({ language }),
    showNewMessage: (text = "") => widget?.open(text),
    requestHuman: () => widget?.open().then(() => widget?.talk()).then((talk) => talk?.requestHuman()),
    endConversation: () => widget?.talk().then((talk) => talk.finish()),
    on(name, listener) {
      /** @type {[string, any]} */ const pair = [`svardesk:${name}`, (/** @type {CustomEvent} */ event) => listener(event.detail)];
      heard.set(listener, pair);
      addEventListener(...pair);
    },
    off: (_, listener) => heard.has(listener) && removeEventListener(.../** @type {[string, any]} */ (heard.get(listener))),
    reset,
    shutdown: reset,
    destroy() {
      widget?.destroy();
      widget = undefined;
    },
    setUser: later("setUser"),
    setCustomAttributes: later("setCustomAttributes"),
  };
  const waiting = Array.from(window.svardesk?.q ?? []);
  const run = (/** @type {string} */ name, /** @type {unknown[]} */ ...rest) =>
    commands[name] ? commands[name](...rest) : console.warn(`svardesk: there is no ${name}.`);
  window.svardesk = Object.assign(run, commands, { live: true });
  if (!customElements.get("svardesk-widget")) customElements.define("svardesk-widget", class extends HTMLElement {});
  const replay = () => waiting.forEach(([name, ...rest]) => run(name, ...rest));
  if (document.body) replay();
  else addEventListener("DOMContentLoaded", replay, { once: true });
}
