/** What is on the page before anything is opened: the round button and its count. */
import { labels } from "./labels.js";

// The accent here is tokens.css in short; once the panel is loaded, tokens.css takes over.
const STYLE = `
:host { all: initial; position: fixed; z-index: 2147483000; --sd-brand: #1c5f5a; --sd-accent: #1c5f5a; --sd-on-accent: #fff; --min: .3; --edge: #fff; }
@media (prefers-color-scheme: dark) { :host(:not([data-theme="light"])) { --min: .44; --edge: #14191c; } }
:host([data-theme="dark"]) { --min: .44; --edge: #14191c; }
@supports (color: oklch(from red l c h)) { :host { --flip: clamp(0, (l - .6) * 1000000, 1);
  --sd-accent: oklch(from var(--sd-brand) calc(var(--flip) * max(l, .67) + (1 - var(--flip)) * clamp(var(--min), l, .535)) c h);
  --sd-on-accent: oklch(from var(--sd-brand) calc(1 - var(--flip) * .8) calc(var(--flip) * min(c, .03)) h); } }
.out { position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom)); display: grid; justify-items: end; gap: 12px; }
.out[hidden], .out [hidden] { display: none; }
.launch { all: unset; box-sizing: border-box; width: 56px; height: 56px; border-radius: 50%; background: var(--sd-accent); color: var(--sd-on-accent); display: grid; place-items: center; box-shadow: 0 6px 20px -4px #0f1b2166; position: relative; cursor: pointer; transition: scale .18s; }
.launch:hover { scale: 1.04; } .launch:focus-visible { outline: 2px solid var(--sd-accent); outline-offset: 3px; box-shadow: 0 0 0 3px var(--edge); }
.launch svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.count { position: absolute; top: -4px; inset-inline-start: 38px; height: 22px; min-width: 22px; padding: 0 5px; box-sizing: border-box; border-radius: 11px; display: grid; place-items: center; background: #b3343d; color: #fff; font: 600 12px/1 system-ui, sans-serif; box-shadow: 0 0 0 2px var(--edge); }
@media (prefers-reduced-motion: reduce) { .launch { transition: none; } }
@media (forced-colors: active) { .launch, .count { border: 1px solid CanvasText; } }`;

const CHAT = "M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719";
const SVG = "http://www.w3.org/2000/svg";

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {string} className @param {Node[]} inside */
const make = (tag, className, ...inside) => {
  const node = Object.assign(document.createElement(tag), { className });
  node.append(...inside);
  return node;
};

export class Launcher {
  count = 0;

  /** @param {ShadowRoot} root @param {() => void} open */
  constructor(root, open) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    path.setAttribute("d", CHAT);
    svg.append(path);
    this.badge = make("span", "count");
    this.button = make("button", "launch", svg, this.badge);
    this.button.ariaHasPopup = "dialog";
    this.button.onclick = open;
    this.node = make("div", "out", this.button);
    this.node.hidden = true;
    root.append(this.node);
  }

  /** @param {string} language @param {number} [count] of unread messages */
  show(language, count = this.count) {
    const { open, unread } = labels[language];
    const shown = count > 99 ? "99+" : `${count}`;
    this.count = count;
    this.node.lang = language;
    this.badge.textContent = shown;
    this.badge.hidden = !count;
    this.button.ariaLabel = count ? `${open}, ${unread}: ${shown}` : open;
  }
}
