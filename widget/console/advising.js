/** The articles that may answer the customer, above the text field: the sentence, its source, one key to put it in. */
import { html, signal, useEffect, useLayoutEffect, useState } from "../shared/preact.js";
import { Icon, Tag, announce, useSlow } from "../shared/staff/parts.js";
import { keep, recall } from "../shared/staff/preferences.js";
import { useMedia } from "../shared/staff/shell.js";
import { languageName, score, t } from "../shared/staff/strings.js";
import { advice, askAgain, asking, isInternal, wordsOf } from "./advice.js";
import { focusComposer, insert, mode } from "./composer.js";

/** @typedef {import("./advice.js").Suggestion} Suggestion @typedef {import("./state.js").Chat} Chat */

const UNFOLDED = "svardesk.staff.suggestions";
// Option with a digit writes signs such as @ on Nordic Macs, so there it is Control
const MAC = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** The chat in which an internal article was kept from a reply a moment ago. */
const refused = signal("");

/** @param {number} n */
export const keyName = (n) => (MAC ? `⌃${n}` : `Alt ${n}`);

/** Puts it in where the cursor stands. What is internal goes into notes alone. @param {Suggestion} item @param {string} chat */
export function use(item, chat) {
  if (isInternal(item) && mode.value === "reply") {
    refused.value = chat;
    announce(t("advice.refused"));
    return;
  }
  refused.value = "";
  if (insert(wordsOf(item))) announce(t("advice.inserted", { title: item.title }));
}

/** @param {Suggestion} item @param {string} chat */
function useInNote(item, chat) {
  focusComposer("note");
  requestAnimationFrame(() => use(item, chat)); // the note's own words are in the field by then
}

/** @param {{ item: Suggestion, lang: string }} props */
export const Source = ({ item, lang }) =>
  html`<p class="sd-tiny sd-faint sd-trunc advice__from">${isInternal(item) ? html`<${Tag} kind="warn">${t("advice.internal")}<//> ` : item.audience === "signed_in" ? html`<${Tag}>${t("advice.signed_in")}<//> ` : null}<a href=${item.url} lang=${item.language} target="_blank" rel="noopener">${item.title}</a> <span aria-hidden="true">·</span> ${t("certain", { score: score(item.certainty) })}${item.language === lang ? null : html` <span aria-hidden="true">·</span> ${languageName(item.language)}`}</p>`;

/** @param {{ item: Suggestion, n: number, chat: Chat }} props */
function Row({ item, n, chat }) {
  const [whole, setWhole] = useState(false);
  const inNote = isInternal(item) && mode.value === "reply";
  const rest = Boolean(item.before || item.after);
  return html`<li class="advice__row"><${Icon} name=${isInternal(item) ? "info" : "doc"} size="sm" />
    <div class="advice__text"><p class=${whole ? "advice__passage" : "advice__sentence"} lang=${item.language}>${whole ? html`${item.before}${item.before ? " " : ""}<mark>${item.sentence}</mark>${item.after ? " " : ""}${item.after}` : item.sentence}</p>
      <div class="advice__meta"><${Source} item=${item} lang=${chat.language} />${rest ? html`<button type="button" class="sd-btn sd-btn--link sd-tiny" aria-expanded=${whole} onClick=${() => setWhole(!whole)}>${t(whole ? "try.hide" : "try.show")}</button>` : null}</div></div>
    <button type="button" class="sd-btn sd-btn--sm advice__use" aria-keyshortcuts=${inNote ? undefined : `${MAC ? "Control" : "Alt"}+${n}`} aria-label=${t(inNote ? "advice.note.of" : "advice.use.of", { title: item.title })} onClick=${() => (inNote ? useInNote(item, chat.id) : use(item, chat.id))}>${t(inNote ? "advice.note" : "advice.use")}${inNote ? null : html` <kbd class="sd-kbd hide-phone" aria-hidden="true">${keyName(n)}</kbd>`}</button></li>`;
}

/** @param {{ chat: Chat }} props */
export function Advising({ chat }) {
  const found = advice.value.get(chat.id);
  const looking = asking.value === chat.id;
  const phone = useMedia("(max-width: 720px)");
  const [open, setOpen] = useState(() => Boolean(recall(UNFOLDED, !phone)));
  const slow = useSlow(looking && !found?.looked);
  const items = found?.items || [];
  const shown = open ? items : items.slice(0, 1);
  useEffect(() => void (refused.value = ""), [chat.id, mode.value]);

  useLayoutEffect(() => { // keys follow what is shown at once, not after the next frame
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      const held = MAC ? event.ctrlKey && !event.altKey && !event.metaKey : event.altKey && !event.ctrlKey && !event.metaKey;
      const item = shown[Number(/^Digit([1-3])$/.exec(event.code)?.[1] || 0) - 1];
      if (!held || event.shiftKey || !item || event.defaultPrevented || document.querySelector("dialog[open], [role=menu]")) return;
      event.preventDefault();
      use(item, chat.id);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [found, open, chat.id]);

  if (looking && !found?.looked) return slow ? html`<p class="advice advice--quiet" role="status"><span class="sd-sr">${t("advice.looking")}</span><span class="sd-skel" style=${{ width: "62%" }}></span></p>` : null;
  if (!found?.looked) return null;
  if (found.failed) return html`<p class="advice advice--quiet" role="status"><${Icon} name="warn" size="sm" /><span>${t("advice.failed")}</span><button type="button" class="sd-btn sd-btn--link sd-tiny" onClick=${() => askAgain(chat.id)}>${t("try_again")}</button></p>`;
  if (!items.length) return html`<p class="advice advice--quiet"><${Icon} name="doc" size="sm" /><span>${t("advice.none")}</span></p>`;
  const more = items.length - 1;
  const toggle = () => {
    setOpen(!open);
    keep(UNFOLDED, !open);
  };
  return html`<section class="advice" aria-label=${t("advice")} aria-busy=${looking ? "true" : undefined}>
    <ol class="advice__list" id="advice-list">${shown.map((item, i) => html`<${Row} key=${`${found.seq}.${item.article}`} item=${item} n=${i + 1} chat=${chat} />`)}</ol>
    ${refused.value === chat.id ? html`<p class="advice__refused sd-tiny"><${Icon} name="info" size="sm" />${t("advice.refused")}</p>` : null}
    ${more ? html`<button type="button" class="sd-btn sd-btn--link sd-tiny advice__more" aria-expanded=${open} aria-controls="advice-list" onClick=${toggle}>${open ? t("advice.fewer") : t("advice.more", { n: more })}</button>` : null}
  </section>`;
}
