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

/** An icon from its text in chat-icons.js. @param {string} source @param {string} [more] classes */
export function glyph(source, more = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["class", `sd-i ${more}`], ["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [, tag, rest] of source.matchAll(/<(\w+) (.*?)\/>/g)) {
    const part = document.createElementNS(svg.namespaceURI, tag);
    for (const [, name, value] of rest.matchAll(/([\w-]+)="(.*?)"/g)) part.setAttribute(name, value);
    svg.append(part);
  }
  return svg;
}
