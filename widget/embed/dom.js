/** Elements from plain calls. No HTML text and no style attributes: the page's own CSP may forbid both. */

/**
 * Functions become listeners, true an empty attribute, null and false nothing. A button submits only when told to.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any> | null} [props] @param {(Node | string | null | undefined | false)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  if (tag === "button") node.setAttribute("type", "button");
  for (const [name, value] of Object.entries(props ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child != null && child !== false)));
  return node;
}

/** An icon from its path in chat-icons.js. @param {string} path @param {string} [more] classes */
export function glyph(path, more = "") {
  /** @param {string} tag @param {Record<string, string>} values */
  const make = (tag, values) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in values) node.setAttribute(name, values[name]);
    return node;
  };
  const svg = make("svg", { class: `sd-i ${more}`, viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(make("path", { d: path }));
  return svg;
}
