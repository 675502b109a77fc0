/** The list of messages on the screen: keeps the nodes that are still right, so that only news is read out. */
import { h } from "./dom.js";

const NEAR = 48; // px from the end that still count as standing at the end

export class Log {
  /** @type {Map<string, HTMLElement>} */ #nodes = new Map();
  #live = false;
  #missed = 0;
  #top = 0;
  #atEnd = true; // when it was last scrolled; on a phone the keyboard then comes and covers the end

  /** @param {import("./panel.js").View} view */
  constructor(view) {
    this.view = view;
    this.list = h("div", { class: "w__log", role: "log", "aria-live": "off", "aria-relevant": "additions", tabindex: "0", scroll: () => this.#scrolled() });
    this.chip = h("button", { class: "sd-btn sd-btn--sm sd-btn--round w__new", hidden: true, click: () => this.toEnd() });
    this.node = h("div", { class: "w__mid" }, this.list, this.chip);
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.list);
  }

  /** @param {import("./rows.js").Row[]} rows */
  draw(rows) {
    const { list } = this;
    const { talk } = this.view;
    if (list.scrollTop !== this.#top) this.#scrolled(); // the event may still be on its way
    const below = list.scrollHeight - list.scrollTop;
    if (talk.older) {
      this.#live = false; // what is old is not read out
      list.setAttribute("aria-live", "off");
    }
    const kept = new Set(rows.map(({ key }) => key));
    for (const [key, node] of this.#nodes) {
      if (kept.has(key)) continue;
      const focused = node.matches(":focus-within");
      node.remove();
      if (focused) this.view.focus();
      this.#nodes.delete(key);
    }
    let added = 0;
    /** @type {HTMLElement | undefined} */
    let newest;
    /** @type {Element | null} */
    let next = list.firstElementChild;
    rows.forEach(({ key, by, make, fit }, index) => {
      let node = this.#nodes.get(key);
      if (!node) {
        node = make();
        this.#nodes.set(key, node);
        if (by || !newest) newest = node; // a question below an answer is not what is read
        if (by && by !== "you") added += 1;
      }
      if (node === next) next = node.nextElementSibling;
      else list.insertBefore(node, next);
      const same = (/** @type {number} */ other) => !!by && rows[other]?.by === by;
      fit?.(node, { more: same(index + 1), cont: same(index - 1) });
    });
    if (talk.older) list.scrollTop = list.scrollHeight - below;
    else if (newest && this.#live && !this.#atEnd) this.#miss(added);
    else if (this.#atEnd) this.#settle(newest);
    talk.older = false;
  }

  /** The same in another language; what stands there is not read out again, and forms keep what was filled in. @param {import("./rows.js").Row[]} rows */
  speak(rows) {
    const { list } = this;
    const { scrollTop } = list;
    const focused = this.view.app.root.activeElement;
    list.ariaLabel = this.view.words.say("log");
    for (const { key, make } of rows) {
      const old = this.#nodes.get(key);
      if (!old) continue;
      const node = make();
      const fields = (/** @type {HTMLElement} */ from) => /** @type {NodeListOf<HTMLInputElement>} */ (from.querySelectorAll("a, button, input, textarea"));
      node.ariaLive = "off";
      old.replaceWith(node);
      this.#nodes.set(key, node);
      fields(old).forEach((was, place) => {
        const field = fields(node)[place];
        if (was.checked) field.click();
        else if (was.value) field.value = was.value;
        if (was === focused) field?.focus();
      });
    }
    list.scrollTop = scrollTop;
    this.#miss(0);
  }

  /** History is in: from now on additions are read out. */
  goLive() {
    if (this.#live) return;
    this.#live = true;
    setTimeout(() => this.list.setAttribute("aria-live", "polite")); // after the history was painted
  }

  toEnd(to = this.list.scrollHeight) {
    this.list.scrollTop = to;
    this.#scrolled();
  }

  /** An answer longer than the window shows its beginning, all else its end. @param {HTMLElement} [newest] */
  #settle(newest) {
    this.toEnd();
    const tall = newest && this.#live && newest.offsetHeight > this.list.clientHeight - 32;
    if (tall && newest.classList.contains("sd-msg--bot")) this.toEnd(newest.offsetTop - 16);
  }

  /** @param {number} count */
  #miss(count) {
    this.#missed += count;
    this.chip.hidden = !this.#missed;
    this.chip.textContent = this.view.words.say("news", { n: this.#missed });
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.list;
    this.#top = scrollTop;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#atEnd) this.#miss(-this.#missed);
  }
}
