/** Two lines above the launcher of what was said while the panel was closed. */
import { h } from "./dom.js";
import { avatar, icon } from "./icon.js";

/** @param {import("./app.d.ts").App} app @param {{ name: string, text: string }} [news] none takes the teaser away */
export function tease(app, news) {
  const out = app.launcher.node;
  out.querySelector(".teaser")?.remove();
  if (!news) return;
  const hide = (/** @type {Event} */ event) => {
    event.stopPropagation();
    node.remove();
  };
  const shut = h("button", { class: "sd-btn sd-btn--quiet sd-btn--icon sd-btn--sm", "aria-label": app.labels.hide, click: hide }, icon("close", "sd-i--sm"));
  const node = h("div", { class: "teaser sd", click: () => app.open() }, avatar(news.name), h("b", { class: "sd-strong" }, news.name), shut, h("p", null, news.text));
  out.prepend(node);
}
