/** Where an agent writes: reply or note, a draft kept for each chat, sent by keys or button. */
import { html, signal, useEffect, useLayoutEffect, useRef, useState } from "../shared/preact.js";
import { MenuButton } from "../shared/staff/menu.js";
import { Icon } from "../shared/staff/parts.js";
import { account } from "../shared/staff/session.js";
import { language, t } from "../shared/staff/strings.js";
import { act, tellTyping, write } from "./desk.js";
import { readDraft, writeDraft } from "./drafts.js";
import { isLive, isMine } from "./rows.js";
import { returned } from "./state.js";
import { writtenIn } from "./words.js";

/** @typedef {import("./state.js").Chat} Chat @typedef {"reply" | "note"} Mode */

const MAX_TEXT = 4000;
const NEAR_MAX = 3500;
const TYPING_MS = 3000; // at most one `typing` in this time
const TALLEST = 220;

/** Which tab is chosen, and whether somebody is writing a reply right now (sounds keep quiet then). @type {import("../shared/preact.js").Signal<Mode>} */
export const mode = signal("reply");
export const writing = signal(false);

/** @param {Mode} [wanted] */
export function focusComposer(wanted) {
  if (wanted) mode.value = wanted;
  // at once where it can be: the next letter is already text, not a command
  const field = document.getElementById("composer");
  if (field) field.focus();
  else requestAnimationFrame(() => document.getElementById("composer")?.focus());
}

/**
 * Puts words in where the cursor stands, as if they were typed: Ctrl+Z takes them back.
 * @param {string} words @returns {boolean} false where there is no text field
 */
export function insert(words) {
  const field = document.getElementById("composer");
  if (!(field instanceof HTMLTextAreaElement)) return false;
  field.focus();
  const { value, selectionStart: start, selectionEnd: end } = field;
  const text = `${/\S$/.test(value.slice(0, start)) ? " " : ""}${words}${/^\S/.test(value.slice(end)) ? "\n" : ""}`;
  // old, and the only way of changing a field that its undo knows of
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return true;
}

/** @param {{ chat: Chat, onSent: (resolve: boolean) => void, fill: { text: string, note: boolean, n: number } | null }} props fill: words that come back to be changed */
export function Composer({ chat, onSent, fill }) {
  const me = account.value?.id || "";
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const told = useRef(0);
  const [text, setText] = useState("");
  const [kept, setKept] = useState(false);
  const colleague = (chat.status === "assigned" || chat.status === "snoozed") && !isMine(chat, me);
  const over = !isLive(chat);
  const noReply = colleague || over;
  const held = noReply && Boolean(readDraft(me, chat.id).reply); // a colleague was faster: the words stay
  const now = noReply && !(held && mode.value === "reply") ? "note" : mode.value;
  const shut = noReply && now === "reply";

  useLayoutEffect(() => {
    const words = readDraft(me, chat.id)[now];
    setText(words);
    setKept(Boolean(words));
  }, [chat.id, now, me, returned.value]);

  useEffect(() => () => void (mode.value = "reply"), [chat.id]); // the next chat begins with a reply

  useEffect(() => {
    if (!fill) return;
    mode.value = fill.note ? "note" : "reply";
    change(fill.text);
    focusComposer();
  }, [fill?.n]);

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`;
  }, [text, now]);

  /** @param {string} words */
  function change(words) {
    setText(words);
    setKept(writeDraft(me, chat.id, { [now]: words }) && Boolean(words));
  }

  /** @param {boolean} on */
  function typing(on) {
    writing.value = on;
    if (now !== "reply" || !isMine(chat, me)) return;
    if (on && Date.now() - told.current < TYPING_MS) return;
    if (!on && !told.current) return;
    told.current = on ? Date.now() : 0;
    tellTyping(chat.id, on);
  }

  /** @param {boolean} resolve */
  function send(resolve) {
    const words = text.trim();
    if (!words || words.length > MAX_TEXT || shut) return;
    write(now, chat.id, words);
    change("");
    typing(false);
    const ends = resolve && now === "reply";
    if (ends) act("resolve", chat.id);
    onSent(ends);
    if (!ends) field.current?.focus();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      send(event.shiftKey);
    }
  }

  /** @param {KeyboardEvent} event */
  function onTabs(event) {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    mode.value = now === "reply" ? "note" : "reply";
    event.preventDefault();
    requestAnimationFrame(() => document.getElementById(`tab-${mode.value}`)?.focus());
  }

  const label = now === "note" ? t("composer.note") : chat.status === "bot" || chat.status === "queued" ? t("composer.take_over") : t("composer.reply");
  const empty = !text.trim() || shut;
  const tooLong = text.trim().length > MAX_TEXT;
  const tabs = /** @type {Mode[]} */ (noReply && !held ? ["note"] : ["reply", "note"]);
  return html`<div class=${`sd-composer${now === "note" ? " sd-composer--note" : ""}`}>
    <div class="sd-composer__tabs"><div role="tablist" aria-label=${t("composer.kind")} class="composer__tabs" onKeyDown=${onTabs}>${tabs.map((tab) => html`<button type="button" key=${tab} id=${`tab-${tab}`} class="sd-tab" role="tab" aria-selected=${now === tab} aria-controls="composer" tabindex=${now === tab ? 0 : -1} onClick=${() => focusComposer(tab)}>${t(`composer.tab.${tab}`)}</button>`)}</div><span class="sd-tiny sd-faint hide-phone composer__lang">${now === "reply" ? writtenIn(chat.language, language.value) : t("composer.note.who")}</span></div>
    <textarea ref=${field} id="composer" class="sd-composer__text" rows="2" aria-label=${label} placeholder=${label} lang=${now === "reply" ? chat.language : undefined} aria-invalid=${tooLong ? "true" : undefined} aria-describedby="composer-help" value=${text}
      onInput=${(/** @type {Event} */ event) => {
        change(/** @type {HTMLTextAreaElement} */ (event.target).value);
        typing(Boolean(/** @type {HTMLTextAreaElement} */ (event.target).value.trim()));
      }} onKeyDown=${onKey} onBlur=${() => typing(false)}></textarea>
    <div class="sd-composer__bar"><span id="composer-help" class=${`sd-tiny composer__help ${tooLong ? "sd-help--error" : "sd-faint"}`}>${text.length > NEAR_MAX ? t("composer.length", { n: text.trim().length, max: MAX_TEXT }) : shut ? t("composer.held") : kept ? t("composer.kept") : ""}</span>
      <span class="sd-btns hide-phone"><button type="button" class="sd-btn sd-btn--primary sd-btn--sm" disabled=${empty || tooLong} onClick=${() => send(false)}>${t(now === "note" ? "composer.save_note" : "composer.send")} <span class="btn__keys" aria-hidden="true">Ctrl ↵</span></button>
        ${now === "reply" ? html`<${MenuButton} class="sd-btn sd-btn--primary sd-btn--sm sd-btn--icon" disabled=${empty || tooLong} label=${t("composer.more")} items=${[{ label: t("composer.send_resolve"), icon: "check", keys: "Ctrl ⇧ ↵", disabled: empty || tooLong, run: () => send(true) }]}><${Icon} name="down" size="sm" /><//>` : null}</span>
      <button type="button" class="sd-btn sd-btn--primary sd-btn--icon sd-btn--round onlyphone" aria-label=${t(now === "note" ? "composer.save_note" : "composer.send")} disabled=${empty || tooLong} onClick=${() => send(false)}><${Icon} name="send" /></button></div>
  </div>`;
}
