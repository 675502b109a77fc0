/** A button that opens a menu: arrow keys, Home, End, first letters, Esc; focus goes back to the button. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../preact.js";
import { Icon } from "./parts.js";

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {import("./parts.js").IconName} [icon]
 * @property {string} [keys] shown at the end
 * @property {() => void} [run]
 * @property {string} [href]
 * @property {string} [download]
 * @property {boolean} [danger]
 * @property {boolean} [disabled]
 * @property {boolean} [rule] a line above it
 */

/**
 * @param {{ label: string, class?: string, title?: string, items: MenuItem[], head?: unknown, side?: "below" | "right", disabled?: boolean, children?: unknown }} props
 */
export function MenuButton({ label, class: look = "sd-btn sd-btn--quiet sd-btn--icon", title, items, head, side = "below", disabled, children }) {
  const [open, setOpen] = useState(false);
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const menu = useRef(/** @type {HTMLDivElement | null} */ (null));
  const entries = () => /** @type {HTMLElement[]} */ ([...(menu.current?.querySelectorAll("[role=menuitem]") || [])]);

  /** @param {boolean} back */
  const shut = (back) => {
    setOpen(false);
    if (back) button.current?.focus();
  };

  useLayoutEffect(() => {
    if (!open || !menu.current || !button.current) return;
    const at = button.current.getBoundingClientRect();
    const size = menu.current.getBoundingClientRect();
    const wishX = side === "right" && innerWidth > 720 ? at.right + 8 : at.right - size.width;
    const wishY = side === "right" ? at.bottom - size.height : at.bottom + 4;
    menu.current.style.left = `${Math.max(8, Math.min(wishX, innerWidth - size.width - 8))}px`;
    menu.current.style.top = `${Math.max(8, Math.min(side === "right" && innerWidth <= 720 ? at.top - size.height - 8 : wishY, innerHeight - size.height - 8))}px`;
    entries()[0]?.focus();
  }, [open]);

  useEffect(() => {
    if (!open) return;
    /** @param {Event} event */
    const outside = (event) => {
      const target = /** @type {Node} */ (event.target);
      if (!menu.current?.contains(target) && !button.current?.contains(target)) shut(false);
    };
    addEventListener("pointerdown", outside);
    addEventListener("resize", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("resize", outside);
    };
  }, [open]);

  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 };
    if (event.key in steps) all[steps[event.key]]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") shut(event.key === "Escape");
    else if (event.key.length === 1) all.find((item, i) => i > at && item.innerText.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    else return;
    event.stopPropagation();
    if (event.key !== "Tab") event.preventDefault();
  };

  /** @param {MenuItem} item */
  const inside = (item) => html`${item.icon ? html`<${Icon} name=${item.icon} />` : null}<span class="sd-trunc">${item.label}</span>${item.keys ? html`<kbd class="sd-kbd">${item.keys}</kbd>` : null}`;
  return html`<button type="button" ref=${button} class=${look} aria-label=${label} title=${title} aria-haspopup="menu" aria-expanded=${open} disabled=${disabled} onClick=${() => setOpen(!open)}>${children || html`<${Icon} name="more" />`}</button>
    ${open
      ? html`<div ref=${menu} class="sd-menu menu" role="menu" aria-label=${label} onKeyDown=${onKey}>
          ${head}
          ${items.map((item) => {
            const look = `sd-menu__item${item.danger ? " sd-menu__item--danger" : ""}`;
            const rule = item.rule ? html`<hr />` : null;
            if (item.href) return html`${rule}<a class=${look} role="menuitem" tabindex="-1" href=${item.href} download=${item.download} onClick=${() => shut(true)}>${inside(item)}</a>`;
            return html`${rule}<button type="button" class=${look} role="menuitem" tabindex="-1" aria-disabled=${item.disabled ? "true" : undefined} onClick=${() => {
              if (item.disabled) return;
              shut(true);
              item.run?.();
            }}>${inside(item)}</button>`;
          })}
        </div>`
      : null}`;
}
