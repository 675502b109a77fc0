/** A modal dialog on the browser's own <dialog>: focus stays inside, Esc closes, focus goes back to where it was. */
import { html, useId, useLayoutEffect, useRef } from "../preact.js";
import { Icon } from "./parts.js";
import { t } from "./strings.js";

/** @param {{ title: string, onClose: () => void, children?: unknown, foot?: unknown, class?: string }} props */
export function Dialog({ title, onClose, children, foot, class: extra = "" }) {
  const id = useId();
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // before the next key: an effect comes after a frame, and until then keys and focus still belong to the page
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      before?.focus?.();
    };
  }, []);
  return html`<dialog ref=${box} class=${`sd-dialog ${extra}`} aria-labelledby=${id}
    onCancel=${(/** @type {Event} */ event) => {
      event.preventDefault();
      onClose();
    }}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.stopPropagation()}
    onPointerDown=${(/** @type {PointerEvent} */ event) => event.target === box.current && onClose()}>
    <div class="dialog__in">
      <header class="sd-row sd-row--between"><h2 id=${id}>${title}</h2><button type="button" class="sd-btn sd-btn--quiet sd-btn--icon sd-btn--sm" aria-label=${t("close")} onClick=${onClose}><${Icon} name="close" /></button></header>
      ${children}
      ${foot ? html`<footer class="sd-dialog__foot">${foot}</footer>` : null}
    </div>
  </dialog>`;
}

/** A question with a yes that says what it does. @param {{ title: string, text: string, yes: string, danger?: boolean, onYes: () => void, onClose: () => void }} props */
export const Ask = ({ title, text, yes, danger, onYes, onClose }) =>
  html`<${Dialog} title=${title} onClose=${onClose} foot=${html`<button type="button" class="sd-btn" onClick=${onClose}>${t("cancel")}</button><button type="button" class=${`sd-btn ${danger ? "sd-btn--danger" : "sd-btn--primary"}`} onClick=${onYes}>${yes}</button>`}><p class="sd-muted">${text}</p><//>`;
