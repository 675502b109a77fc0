/** The ways in which customers ask: add with Enter, edit in place, remove, paste many lines. */
import { html, useRef, useState } from "../shared/preact.js";
import { Icon, announce } from "../shared/staff/parts.js";
import { t } from "../shared/staff/strings.js";

/** As many as the server takes, and as long. */
export const MOST = 50;
const LONGEST = 300;

/** @param {string} text */
const tidy = (text) => text.replace(/\s+/g, " ").trim();
/** @param {string} text */
const folded = (text) => tidy(text).toLowerCase();

/**
 * Pure: the questions with those lines added that are new and fit.
 * @param {readonly string[]} questions @param {string} text one to a line; signs of a list before them fall away
 * @returns {{ questions: string[], added: number, doubled: string[], tooMany: number, tooLong: number }}
 */
export function add(questions, text) {
  const result = { questions: [...questions], added: 0, doubled: /** @type {string[]} */ ([]), tooMany: 0, tooLong: 0 };
  const known = new Set(questions.map(folded));
  const lines = text.split(/\r?\n/);
  for (const raw of lines) {
    const question = tidy(lines.length > 1 ? raw.replace(/^\s*([-*•]|\d+[.)])\s+/, "") : raw);
    if (!question) continue;
    if (known.has(folded(question))) result.doubled.push(question);
    else if (question.length > LONGEST) result.tooLong++;
    else if (result.questions.length >= MOST) result.tooMany++;
    else {
      known.add(folded(question));
      result.questions.push(question);
      result.added++;
    }
  }
  return result;
}

/** What to say of an addition; "" when it needs no words. @param {ReturnType<typeof add>} result */
function sentence({ added, doubled, tooMany, tooLong }) {
  if (tooMany) return t("m.variants.full", { n: MOST });
  if (tooLong) return t("m.variants.long", { n: LONGEST });
  if (doubled.length === 1 && !added) return t("m.variants.double", { question: doubled[0] });
  if (doubled.length) return `${t("m.variants.added", { n: added })} ${t("m.variants.doubled", { n: doubled.length })}`;
  return added > 1 ? t("m.variants.added", { n: added }) : "";
}

/** @param {{ sheet: import("./sheet.js").Sheet, readOnly: boolean }} props */
export function Variants({ sheet, readOnly }) {
  const [word, setWord] = useState("");
  const [text, setText] = useState("");
  const before = useRef("");
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { questions } = sheet.draft.value;

  /** @param {string} said */
  const say = (said) => {
    setWord(said);
    if (said) announce(said);
  };
  /** @param {string} lines */
  const take = (lines) => {
    const result = add(questions, lines);
    if (result.added) sheet.edit({ questions: result.questions });
    say(sentence(result));
    if (result.added || result.doubled.length) setText("");
    field.current?.focus();
  };
  /** @param {number} i */
  const removeAt = (i) => {
    sheet.edit({ questions: questions.filter((_, at) => at !== i) });
    say("");
    announce(t("m.variants.removed"));
    requestAnimationFrame(() => {
      const next = list.current?.querySelectorAll(".var button");
      /** @type {HTMLElement | null | undefined} */ (next?.[Math.min(i, next.length - 1)] || field.current)?.focus();
    });
  };
  /** Leaving a question: an empty one goes, one that is there already goes back. @param {number} i */
  const settle = (i) => {
    const now = tidy(questions[i] ?? "");
    if (!now) return sheet.edit({ questions: questions.filter((_, at) => at !== i) });
    if (questions.some((each, at) => at !== i && folded(each) === folded(now))) {
      sheet.edit({ questions: questions.map((each, at) => (at === i ? before.current : each)) });
      say(t("m.variants.double", { question: now }));
    } else if (now !== questions[i]) sheet.edit({ questions: questions.map((each, at) => (at === i ? now : each)) });
  };
  return html`<section aria-labelledby="variants">
    <div class="sect"><h2 id="variants">${t("m.variants")}</h2><span class="sd-tiny sd-faint sd-trunc">${t("m.variants.what")}</span><span class="sect__end sd-tiny sd-faint sd-num">${questions.length ? t("m.variants.count", { n: questions.length, most: MOST }) : ""}</span></div>
    <div class="vars" ref=${list} role="list">
      ${questions.map(
        (question, i) => html`<div class="var" key=${i} role="listitem">
          <input class="var__text" lang=${sheet.language} maxlength=${LONGEST} value=${question} readonly=${readOnly} spellcheck="true" aria-label=${t("m.variants.nth", { n: i + 1 })} title=${question}
            onFocus=${() => {
              before.current = question;
            }}
            onInput=${(/** @type {Event} */ event) => sheet.edit({ questions: questions.map((each, at) => (at === i ? /** @type {HTMLInputElement} */ (event.target).value : each)) })}
            onBlur=${() => !readOnly && settle(i)}
            onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
              if (event.key === "Enter") field.current?.focus();
              else if (event.key === "Escape") sheet.edit({ questions: questions.map((each, at) => (at === i ? before.current : each)) });
              else return;
              event.preventDefault();
            }} />
          ${readOnly ? null : html`<button type="button" class="sd-btn sd-btn--quiet sd-btn--icon sd-btn--sm" aria-label=${t("m.variants.remove", { question })} title=${t("m.variants.remove.short")} onClick=${() => removeAt(i)}><${Icon} name="close" size="sm" /></button>`}
        </div>`,
      )}
    </div>
    ${readOnly
      ? questions.length ? null : html`<p class="sd-small sd-faint">${t("m.variants.none")}</p>`
      : html`<form class="sd-row var__add" onSubmit=${(/** @type {Event} */ event) => {
            event.preventDefault();
            if (text.trim()) take(text);
          }}>
          <input ref=${field} class="sd-input" lang=${sheet.language} placeholder=${t("m.variants.add")} aria-label=${t("m.variants.add")} aria-describedby="variants-word" value=${text} disabled=${questions.length >= MOST}
            onInput=${(/** @type {Event} */ event) => setText(/** @type {HTMLInputElement} */ (event.target).value)}
            onPaste=${(/** @type {ClipboardEvent} */ event) => {
              const pasted = event.clipboardData?.getData("text/plain") || "";
              if (!/\n\s*\S/.test(pasted)) return;
              event.preventDefault();
              take(pasted);
            }} />
          <button type="submit" class="sd-btn" disabled=${questions.length >= MOST}>${t("m.variants.add.button")}</button>
        </form>
        <p class="sd-help var__word" id="variants-word">${word || (questions.length >= MOST ? t("m.variants.full", { n: MOST }) : questions.length < 3 ? t("m.variants.hint") : "")}</p>`}
  </section>`;
}
