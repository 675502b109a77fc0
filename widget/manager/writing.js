/** The title, and the answer in Markdown with its toolbar, keys and length. */
import { html, useLayoutEffect, useRef } from "../shared/preact.js";
import { Icon } from "../shared/staff/parts.js";
import { number, spoken, t } from "../shared/staff/strings.js";
import { LONG_WORDS, TOO_LONG_WORDS, link, mark, newline, readingSeconds, wordCount, wrap } from "./markdown.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */

/** @type {[string, import("../shared/staff/parts.js").IconName, string][]} name, icon, key held with Ctrl */
const TOOLS = [
  ["bold", "bold", "B"],
  ["italic", "italic", "I"],
  ["", "bold", ""],
  ["heading", "h2", ""],
  ["list", "ul", ""],
  ["numbered", "ol", ""],
  ["quote", "quote", ""],
  ["", "bold", ""],
  ["link", "link", "K"],
];

/** The browser's own way of typing keeps its undo list. @param {HTMLTextAreaElement} field @param {import("./markdown.js").Change} change */
function type(field, { from, to, insert, start, end }) {
  field.focus();
  field.setSelectionRange(from, to);
  const done = insert ? document.execCommand("insertText", false, insert) : from === to || document.execCommand("delete");
  if (!done) {
    field.setRangeText(insert, from, to, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}

/** @param {HTMLTextAreaElement} field @param {string} tool */
function apply(field, tool) {
  const { value, selectionStart: start, selectionEnd: end } = field;
  if (tool === "bold") return type(field, wrap(value, start, end, "**"));
  if (tool === "italic") return type(field, wrap(value, start, end, "*"));
  if (tool === "link") return type(field, link(value, start, end));
  type(field, mark(value, start, end, tool));
}

/** @param {{ sheet: Sheet, readOnly: boolean }} props */
export function Title({ sheet, readOnly }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { title } = sheet.draft.value;
  const isNew = !sheet.base.value && !sheet.article;
  useLayoutEffect(() => {
    // browsers without field-sizing: as high as its lines
    if (!field.current || CSS.supports("field-sizing", "content")) return;
    field.current.style.height = "0";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [title]);
  useLayoutEffect(() => {
    if (isNew && !readOnly) field.current?.focus();
  }, [sheet]);
  return html`<textarea ref=${field} class="ed__title" rows="1" maxlength="200" lang=${sheet.language} spellcheck="true" aria-label=${t("m.title")} placeholder=${t("m.title.hint")} readonly=${readOnly} value=${title}
    onFocus=${() => {
      if (isNew) sheet.held = true;
    }}
    onBlur=${() => sheet.release()}
    onInput=${(/** @type {Event} */ event) => sheet.edit({ title: /** @type {HTMLTextAreaElement} */ (event.target).value.replace(/[\r\n]+/g, " ") })}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      document.getElementById("answer")?.focus();
    }}></textarea>`;
}

/** @param {{ body: string }} props */
function Length({ body }) {
  const words = wordCount(body);
  const seconds = readingSeconds(words);
  const level = words > TOO_LONG_WORDS ? "too_long" : words > LONG_WORDS ? "long" : "short";
  return html`<div class="md__foot" data-level=${level}>
    <span class="md__count sd-num">${t("m.words", { n: words }).replace(String(words), number(words))}</span>
    ${words ? html`<span class="hide-phone">${seconds < 60 ? t("m.reads.s", { n: seconds }) : t("m.reads.min", { n: Math.round(seconds / 60) })}</span><span class="md__verdict">${t(`m.length.${level}`)}</span>` : null}
  </div>`;
}

/** @param {{ sheet: Sheet, readOnly: boolean }} props */
export function Answer({ sheet, readOnly }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { body } = sheet.draft.value;
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (readOnly || event.isComposing || !field.current) return;
    const held = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const tool = held && TOOLS.find(([, , key]) => key && key.toLowerCase() === event.key.toLowerCase());
    if (tool) {
      event.preventDefault();
      apply(field.current, tool[0]);
    } else if (event.key === "Enter" && !held && !event.shiftKey && field.current.selectionStart === field.current.selectionEnd) {
      const change = newline(field.current.value, field.current.selectionStart);
      if (!change) return;
      event.preventDefault();
      type(field.current, change);
    }
  };
  /** Arrow keys inside the toolbar, which is one stop of Tab. @param {KeyboardEvent} event */
  const onTools = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button")]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (!step || at < 0) return;
    event.preventDefault();
    all[(at + step + all.length) % all.length].focus();
  };
  return html`<div class="md">
    ${readOnly
      ? null
      : html`<div class="md__bar" role="toolbar" aria-label=${t("m.format")} aria-controls="answer" onKeyDown=${onTools}>
          ${TOOLS.map(([tool, icon, key], i) =>
            tool
              ? html`<button type="button" key=${tool} class="sd-btn sd-btn--quiet sd-btn--icon sd-btn--sm" aria-label=${t(`m.format.${tool}`)} title=${`${t(`m.format.${tool}`)}${key ? ` (Ctrl ${key})` : ""}`} tabindex=${i ? -1 : 0}
                  onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => field.current && apply(field.current, tool)}><${Icon} name=${icon} /></button>`
              : html`<hr key=${i} />`,
          )}
          <span class="md__name sd-tiny sd-faint hide-phone">Markdown</span>
        </div>`}
    <textarea ref=${field} id="answer" lang=${sheet.language} spellcheck="true" aria-label=${t("m.answer", { language: spoken(sheet.language) })} placeholder=${t("m.answer.hint")} readonly=${readOnly} value=${body}
      onInput=${(/** @type {Event} */ event) => sheet.edit({ body: /** @type {HTMLTextAreaElement} */ (event.target).value })} onKeyDown=${onKey}></textarea>
    <${Length} body=${body} />
  </div>`;
}
