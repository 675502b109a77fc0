/** The face of the panel: head, connection strip, log, text field. Draws what Talk knows, keeps no truth of its own. */
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { avatar, firstName, icon } from "./icon.js";
import { Log } from "./log.js";
import { menu } from "./menu.js";
import { rows } from "./rows.js";

export class Surface {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #clock;

  /** @param {import("./panel.js").Panel} view */
  constructor(view) {
    const { app, talk, node } = view;
    this.view = view;
    /** @param {string} sign @param {() => void} click @param {object} [more] */
    const quiet = (sign, click, more) => h("button", { class: "sd-btn sd-btn--quiet sd-btn--icon", click, ...more }, icon(sign, "sd-i--lg"));
    /** @param {string} [more] @param {() => void} [click] @param {(Node | string)[]} inside */
    const button = (more, click, ...inside) => h("button", { class: `sd-btn ${more}`, click }, ...inside);
    const again = () => (view.draw(), queueMicrotask(() => this.focus()));
    this.picture = h("span");
    this.here = h("span", { class: "sd-av__on" });
    this.title = h("h2", { class: "sd-trunc" });
    this.sub = h("p", { class: "sd-trunc" });
    const stay = (/** @type {Event} */ event) => event.preventDefault(); // else the menu shuts before the click that should shut it
    this.more = quiet("more", () => menu(view, this.more), { "aria-haspopup": "menu", "aria-expanded": "false", mousedown: stay });
    this.shut = quiet("close", () => app.close());
    const head = h("header", { class: "w__head" }, this.picture, h("div", { class: "sd-grow" }, this.title, this.sub), this.more, this.shut);
    this.strip = h("div", { role: "status" });
    this.voice = h("div", { class: "sd-sr", role: "status" });
    this.log = new Log(view);
    this.composer = new Composer(view);
    this.note = h("span");
    this.link = button("sd-btn--link");
    this.foot = h("div", { class: "w__foot" }, this.composer.node, h("div", { class: "w__legal" }, this.note, this.link));
    this.goOn = button("sd-btn--link", () => ((view.goesOn = true), again()), );
    this.anew = h("span");
    this.over = h("div", { class: "w__foot w__over" }, button("sd-btn--block sd-btn--lg", () => ((talk.fresh = true), again()), icon("plus"), this.anew), this.goOn);
    node.append(head, this.strip, this.log.node, this.foot, this.over, this.voice);
    this.speak();
  }

  /** In the language of the words. What has the focus keeps it, and what was written stays. */
  speak() {
    const { view, more } = this;
    const { say, language } = view.words;
    if (more.ariaExpanded === "true") more.click();
    view.node.lang = language;
    more.ariaLabel = say("menu");
    this.shut.ariaLabel = say("close");
    this.composer.button.ariaLabel = say("send");
    this.goOn.textContent = say("writeMore");
    this.anew.textContent = say("startNew");
    this.log.speak(rows(view));
    this.voice.textContent = "";
  }

  focus() {
    (this.foot.hidden ? this.over.querySelector("button") : this.composer.field)?.focus();
  }

  draw() {
    const { view } = this;
    const { talk, words } = view;
    if (talk.state?.email || talk.feed.shown.some(({ data }) => data.kind === "contact")) view.emailAsked = false;
    if (!talk.over) view.goesOn = false;
    this.#head();
    this.#connection();
    this.log.draw(rows(view));
    if (!talk.loading) this.log.goLive();
    const ended = talk.over && !talk.fresh && !view.goesOn;
    this.foot.hidden = ended;
    this.over.hidden = !ended;
    this.goOn.hidden = talk.status === "closed";
    const name = this.#agent;
    const hint = name ? "writeTo" : talk.status === "queued" ? "writeQueued" : talk.feed.last && !talk.fresh ? "write" : "ask";
    this.composer.label(words.say(hint, { name: firstName(name) }));
  }

  /** Who has the conversation, if it is a person. */
  get #agent() {
    const { talk } = this.view;
    return (talk.status === "assigned" && !talk.fresh && talk.state?.agent) || "";
  }

  #head() {
    const { talk, words, app, node } = this.view;
    const site = app.config.name || words.say("log");
    const agent = this.#agent;
    const bot = talk.loading ? "statusFinding" : !talk.wasOnline && talk.link.status === "connecting" ? "statusConnecting" : talk.typist?.busy ? "assistant" : "statusBot";
    const status = talk.fresh || talk.status === "bot" ? bot : talk.over ? "statusEnded" : "statusQueued";
    this.title.textContent = agent || site;
    this.sub.textContent = agent ? site : talk.away ? "" : words.say(status); // the strip says that the line is gone
    this.here.hidden = talk.away;
    node.ariaLabel = site;
    if (this.picture.title === (agent || site)) return;
    const face = agent ? avatar(agent) : h("span", { class: "sd-av sd-av--brand", "aria-hidden": "true" }, site[0].toUpperCase());
    if (agent) face.append(this.here);
    this.picture.title = agent || site;
    this.picture.replaceChildren(face);
  }

  /** The strip, and the line under the text field. */
  #connection() {
    const { talk, words, app } = this.view;
    const { strip, note, link } = this;
    const lost = talk.away;
    const kind = lost ? "offline" : Date.now() < talk.backUntil ? "back" : "";
    const mark = kind && kind + words.language;
    if (strip.dataset.kind !== mark) {
      strip.dataset.kind = mark;
      const ok = kind === "back" ? " sd-banner--ok" : "";
      strip.replaceChildren(...(kind ? [h("div", { class: `sd-banner${ok}` }, icon(ok ? "check" : "off"), h("span", null, words.say(kind)))] : []));
    }
    const days = app.config.retention_days;
    const { over } = this.composer;
    const n = Math.ceil((talk.link.retryAt - performance.now()) / 1000);
    note.className = over && !lost ? "sd-help--error" : "";
    if (lost) note.textContent = n > 0 ? words.say("retryIn", { n }) : words.say("statusConnecting");
    else note.textContent = over ? words.say("tooLong", { n: over }) : days ? words.say("kept", { n: days }) : "";
    link.textContent = words.say(lost ? "tryNow" : "person");
    const hides = !lost && !(talk.fresh || talk.over || talk.status === "bot");
    if (hides && link.matches(":focus")) this.focus();
    link.hidden = hides;
    link.onclick = () => (lost ? talk.link.restart() : (talk.requestHuman(), this.log.toEnd()));
    clearInterval(this.#clock);
    if (lost) this.#clock = setInterval(() => this.draw(), 1000);
  }
}
