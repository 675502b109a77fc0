/** Two lines above the launcher of what was said while the panel was closed. */
import { glyph, h } from "./dom.js";
import { avatar } from "./icon.js";
import { labels } from "./labels.js";

const STYLE = `
.teaser { display: grid; grid-template-columns: auto 1fr auto; gap: 2px 10px; box-sizing: border-box; width: min(290px, 100vw - 40px); padding: 12px; border-radius: 16px 16px 4px; align-items: start; cursor: pointer; animation: tease .18s;
  font: 400 14px/1.45 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: light-dark(#fff, #22292e); color: light-dark(#1d262b, #e7ebed); box-shadow: 0 1px 2px #0f1b2110, 0 6px 20px -4px #0f1b2140; color-scheme: light dark; }
:host([data-theme="light"]) .teaser { color-scheme: light; } :host([data-theme="dark"]) .teaser { color-scheme: dark; }
.teaser .sd-av { grid-row: span 2; width: 32px; height: 32px; border-radius: 50%; display: grid; place-items: center; font-weight: 600; font-size: 11.5px; background: light-dark(oklch(.905 .035 var(--hue)), oklch(.385 .048 var(--hue))); color: light-dark(oklch(.38 .05 var(--hue)), oklch(.93 .05 var(--hue))); }
.teaser b { font-weight: 600; } .teaser p { margin: 0; opacity: .8; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
.teaser button { all: unset; width: 24px; height: 24px; margin: -4px -4px 0 0; display: grid; place-items: center; cursor: pointer; border-radius: 6px; } .teaser button:focus-visible { outline: 2px solid; }
.teaser svg { width: 14px; height: 14px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; }
@keyframes tease { from { opacity: 0; transform: translateY(6px); } }
@media (prefers-reduced-motion: reduce) { .teaser { animation: none; } }
@media (forced-colors: active) { .teaser { border: 1px solid CanvasText; } }`;

/** @type {WeakSet<ShadowRoot>} */
const styled = new WeakSet();

/** @param {import("./app.d.ts").App} app @param {{ name: string, text: string }} [news] none takes the teaser away */
export function tease(app, news) {
  const out = app.launcher.node;
  out.querySelector(".teaser")?.remove();
  if (!news) return;
  if (!styled.has(app.root)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    app.root.adoptedStyleSheets.push(sheet);
    styled.add(app.root);
  }
  const hide = (/** @type {Event} */ event) => {
    event.stopPropagation();
    node.remove();
  };
  const shut = h("button", { type: "button", "aria-label": labels[app.language].hide, click: hide }, glyph('<path d="M18 6 6 18"/><path d="m6 6 12 12"/>'));
  const node = h("div", { class: "teaser", click: () => app.open() }, avatar(news.name), h("b", null, news.name), shut, h("p", null, news.text));
  out.prepend(node);
}
