/** The list of chats: one tab stop, arrow keys, `j` and `k`; who waits longest on top. */
import { computed, effect, html, signal, useEffect, useRef } from "../shared/preact.js";
import { get } from "../shared/api.js";
import { Avatar, Count, Empty, Icon, SkeletonRows, useSlow } from "../shared/staff/parts.js";
import { account, may } from "../shared/staff/session.js";
import { problemText } from "../shared/staff/shell.js";
import { language, t } from "../shared/staff/strings.js";
import { GROUPS, arrange, unread } from "./rows.js";
import { addRows, listed, lists, openId, rows, status, typists } from "./state.js";
import { now } from "./time.js";
import { lastLine, rowTime, titleOf } from "./words.js";

/** @typedef {import("./state.js").Chat} Chat @typedef {import("./rows.js").Group} Group */

export const search = signal("");
/** Groups that are folded by their head. @type {import("../shared/preact.js").Signal<Set<Group>>} */
const folded = signal(new Set(/** @type {Group[]} */ (["assistant", "snoozed", "resolved"])));
/** Where the one tab stop is. */
const cursor = signal("");

/** All of them: what counts, and who is next. */
export const groups = computed(() => arrange(rows.value.values(), account.value?.id || ""));
/** What the search leaves of them. */
const found = computed(() => (search.value.trim() ? arrange(rows.value.values(), account.value?.id || "", search.value) : groups.value));
/** The rows on the screen, top to bottom. */
const visible = computed(() => GROUPS.flatMap((group) => (isFolded(group) ? [] : found.value[group])));

/** @param {Group} group */
const isFolded = (group) => folded.value.has(group) && !search.value.trim();

/** @type {import("../shared/preact.js").Signal<{ state: "" | "loading" | "done", problem: unknown, cursor: string | null }>} */
const archive = signal({ state: "", problem: null, cursor: null });

async function loadArchive() {
  const from = archive.value.cursor;
  archive.value = { ...archive.value, state: "loading", problem: null };
  try {
    const page = await get(`/api/v1/conversations?status=resolved&limit=30${from ? `&cursor=${encodeURIComponent(from)}` : ""}`);
    addRows(page.items);
    archive.value = { state: "done", problem: null, cursor: page.next_cursor };
  } catch (problem) {
    archive.value = { ...archive.value, state: "", problem };
  }
}

/** After a lost line the archive is as old as the list was: fetched again where it is shown, else when it is unfolded. */
effect(() => {
  if (lists.value < 2 || !archive.peek().state) return;
  archive.value = { state: "", problem: null, cursor: null };
  if (!folded.peek().has("resolved") || search.peek()) queueMicrotask(loadArchive); // it reads what this effect must not follow
});

/** @param {string} id */
const rowId = (id) => `row-${id}`;

/** @param {string} id */
export function focusRow(id) {
  cursor.value = id;
  // at once where it can be: keys that follow each other quickly count from the new place
  const row = document.getElementById(rowId(id));
  if (row?.checkVisibility()) row.focus();
  else requestAnimationFrame(() => document.getElementById(rowId(id))?.focus());
}

/** Moves the focus in the list. @param {number} step @returns {boolean} */
export function step(step) {
  const list = visible.value;
  if (!list.length) return false;
  const focused = document.activeElement?.id || "";
  const at = list.findIndex((chat) => rowId(chat.id) === focused);
  const from = at >= 0 ? at : list.findIndex((chat) => chat.id === (openId.value || cursor.value));
  const next = from < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, from + step));
  focusRow(list[next].id);
  return true;
}

/** The row after this one, for when it leaves its group. @param {string} id @returns {string} */
export function neighbour(id) {
  const list = GROUPS.slice(0, 2).flatMap((group) => groups.value[group]);
  const at = list.findIndex((chat) => chat.id === id);
  return (list[at + 1] || list[at - 1])?.id || "";
}

/** @param {{ chat: Chat, stop: boolean, onOpen: (id: string) => void }} props */
function Row({ chat, stop, onOpen }) {
  const me = account.value?.id || "";
  const fresh = unread(chat);
  const time = rowTime(chat, now.value);
  const line = lastLine(chat, me);
  const typing = typists.value.get(chat.id)?.who === "customer";
  const name = titleOf(chat);
  return html`<button type="button" id=${rowId(chat.id)} class=${`sd-item${fresh || chat.status === "queued" ? " sd-item--unread" : ""}`} tabindex=${stop ? 0 : -1} aria-current=${chat.id === openId.value ? "true" : undefined} title=${`${name}\n${line.text}`}
      onClick=${() => onOpen(chat.id)} onFocus=${() => (cursor.value = chat.id)}>
    <${Avatar} id=${chat.id} class="row__av" /><span class="row__body">
      <span class="sd-item__top"><span class="sd-item__name" lang=${chat.language}>${name}</span><span class="sd-lang">${chat.language}</span><span class=${`sd-item__time${time.look ? ` sd-item__${time.look}` : ""}`}>${time.label ? html`<span aria-hidden="true">${time.text}</span><span class="sd-sr">${time.label}</span>` : time.text}</span></span>
      <span class="sd-row row__line">${line.reply ? html`<span class="sd-faint"><${Icon} name="reply" size="sm" /></span>` : null}<span class="sd-item__line" lang=${line.said ? chat.language : undefined}>${typing ? t("customer_types") : line.text}</span>
        ${chat.status === "assigned" && chat.owner !== `agent:${me}` && chat.agent ? html`<span class="sd-tag">${chat.agent.split(" ")[0]}</span>` : null}
        ${chat.rated && !fresh ? html`<span class="sd-tag row__rated" title=${t("row.rated", { n: chat.rated })}><${Icon} name=${`f${chat.rated}`} />${chat.rated}</span>` : null}
        ${fresh ? html`<span class="sd-dot sd-dot--accent"><span class="sd-sr">${t("row.unread")}</span></span>` : null}</span>
    </span></button>`;
}

/** @param {{ group: Group, chats: Chat[], stop: string, onOpen: (id: string) => void, onNext: () => void }} props */
function Section({ group, chats, stop, onOpen, onNext }) {
  const foldable = group !== "waiting" && group !== "mine";
  const shut = isFolded(group);
  const toggle = () => {
    const next = new Set(folded.value);
    if (!next.delete(group)) next.add(group);
    folded.value = next;
    if (group === "resolved" && shut && archive.value.state === "") loadArchive();
  };
  const body = `group-${group}`;
  const name = html`<span id=${`${body}-name`}>${t(`group.${group}`)}</span>${group === "resolved" && archive.value.state !== "done" ? null : html`<${Count} n=${chats.length} quiet />`}`;
  return html`<section class="group" aria-labelledby=${`${body}-name`}>
    ${foldable
      ? html`<h2><button type="button" class="sd-group group__head" aria-expanded=${!shut} aria-controls=${body} onClick=${toggle}>${name}<span class="group__mark"><${Icon} name="right" size="sm" /></span></button></h2>`
      : html`<div class="sd-group"><h2 class="group__name">${name}</h2>${group === "waiting" && chats.length && may("agent") ? html`<button type="button" class="sd-btn sd-btn--sm sd-btn--quiet group__next" disabled=${status.value !== "online"} onClick=${onNext}>${t("take_next")} <kbd class="sd-kbd" aria-hidden="true">A</kbd></button>` : null}</div>`}
    ${shut
      ? null
      : html`<div class="sd-list" id=${body}>${chats.map((chat) => html`<${Row} key=${chat.id} chat=${chat} stop=${chat.id === stop} onOpen=${onOpen} />`)}
          ${group === "waiting" && !chats.length && !search.value ? html`<p class="group__empty">${t("nobody_waits")}</p>` : null}
          ${group === "mine" && !chats.length && !search.value ? html`<p class="group__empty">${t("none_mine")}</p>` : null}
          ${group === "resolved" ? html`<${Archive} none=${!chats.length} />` : null}</div>`}
  </section>`;
}

/** @param {{ none: boolean }} props */
function Archive({ none }) {
  const { state, problem, cursor: more } = archive.value;
  const slow = useSlow(state === "loading");
  if (slow) return html`<${SkeletonRows} rows=${3} />`;
  if (problem) return html`<p class="group__empty">${problemText(problem)} <button type="button" class="sd-btn sd-btn--link" onClick=${loadArchive}>${t("try_again")}</button></p>`;
  if (state === "done" && none) return html`<p class="group__empty">${t("none_resolved")}</p>`;
  return state === "done" && more ? html`<button type="button" class="sd-btn sd-btn--quiet sd-btn--sm sd-btn--block" onClick=${loadArchive}>${t("show_more")}</button>` : null;
}

/** @param {{ onOpen: (id: string) => void, onNext: () => void, main: boolean, strip: unknown }} props main: the list is the page's main part (on a phone) */
export function List({ onOpen, onNext, main, strip }) {
  language.value; // the order of words changes with it
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const slow = useSlow(!listed.value);
  const all = found.value;
  const list = visible.value;
  const stop = (list.find((chat) => chat.id === cursor.value) || list.find((chat) => chat.id === openId.value) || list[0])?.id || "";
  const none = !GROUPS.some((group) => all[group].length);

  useEffect(() => {
    if (search.value && archive.value.state === "") loadArchive();
  }, [search.value]);

  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.target === field.current && event.key === "ArrowUp") return;
      if (step(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    } else if (event.key === "Home" || event.key === "End") {
      if (event.target === field.current || !list.length) return;
      focusRow(list[event.key === "Home" ? 0 : list.length - 1].id);
      event.preventDefault();
    } else if (event.key === "Escape" && event.target === field.current && search.value) {
      search.value = "";
      event.preventDefault();
    }
  };

  return html`<section class="pane listpane" id="list" aria-label=${t("chats")} role=${main ? "main" : undefined} onKeyDown=${onKey} tabindex="-1">
    <header class="pane__head"><h1>${t("rail.inbox")}</h1></header>
    ${strip}
    <div class="pane__tools"><div class="sd-search"><${Icon} name="search" /><input ref=${field} id="search" class="sd-input" type="search" autocomplete="off" placeholder=${t("search")} aria-label=${t("search")} value=${search.value} onInput=${(/** @type {Event} */ event) => (search.value = /** @type {HTMLInputElement} */ (event.target).value)} />${search.value ? null : html`<kbd class="sd-kbd" aria-hidden="true">/</kbd>`}</div></div>
    <div class="pane__scroll list__scroll">
      ${listed.value
        ? search.value && none
          ? html`<${Empty} icon="search" title=${t("none_found")}><p>${t("none_found.help")}</p><//>`
          : GROUPS.map((group) => (all[group].length || group === "waiting" || group === "mine" || (group === "resolved" && !search.value)) && !(search.value && !all[group].length) ? html`<${Section} key=${group} group=${group} chats=${all[group]} stop=${stop} onOpen=${onOpen} onNext=${onNext} />` : null)
        : slow ? html`<${SkeletonRows} />` : null}
    </div>
  </section>`;
}
