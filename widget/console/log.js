/** The open chat's messages: stands at the newest, keeps its place when read further up, announces only what is new. */
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../shared/preact.js";
import { Empty, useSlow } from "../shared/staff/parts.js";
import { account } from "../shared/staff/session.js";
import { t } from "../shared/staff/strings.js";
import { askEarlier, tellSeen } from "./desk.js";
import { Explained } from "./explaining.js";
import { useSigns } from "./judging.js";
import { Day, Group, Line } from "./message.js";
import { isMine } from "./rows.js";
import { earlier, entries, notices, status, typists, unsent } from "./state.js";
import { makeThread } from "./thread.js";

/** @typedef {import("./state.js").Chat} Chat */

const NEAR = 48; // px from the end that still count as standing there

/** @param {HTMLElement} box */
const sizeOf = (box) => `${box.clientHeight} ${box.scrollHeight}`;

const Dots = () => html`<span class="sd-typing" role="img" aria-label=${t("customer_types")}><i></i><i></i><i></i></span>`;

const Loading = () =>
  html`<div class="logskel" role="status"><span class="sd-sr">${t("loading")}</span>${[46, 62, 38, 54].map((width, i) => html`<span key=${i} class=${`sd-skel logskel__one${i === 2 ? " logskel__one--own" : ""}`} style=${{ width: `${width}%` }}></span>`)}</div>`;

/** Tells the server how far we have read, while the chat is ours and in front. @param {Chat} chat @param {number} last */
function useSeen(chat, last) {
  const told = useRef("");
  useEffect(() => {
    const tell = () => {
      const key = `${chat.id}.${last}`;
      if (last && isMine(chat, account.value?.id || "") && !document.hidden && document.hasFocus() && told.current !== key && (chat.seen_by_staff || 0) < last && tellSeen(chat.id, last)) told.current = key;
    };
    tell();
    addEventListener("focus", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      removeEventListener("focus", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [chat.id, chat.owner, chat.seen_by_staff, last, status.value]);
}

/** @param {{ chat: Chat, onEdit: (text: string, note: boolean) => void }} props */
export function Log({ chat, onEdit }) {
  const me = account.value || { id: "", name: "" };
  const list = entries.value;
  const mine = unsent.value.filter((item) => item.conversation === chat.id && (item.type === "reply" || item.type === "note"));
  const items = useMemo(() => makeThread(list || [], mine, me.id), [list, unsent.value, chat.id, me.id]);
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const atEnd = useRef(true);
  const size = useRef("");
  const [missed, setMissed] = useState(0);
  const shown = useRef({ id: "", first: 0, last: 0 });
  const slow = useSlow(!list);
  const typing = typists.value.get(chat.id)?.who === "customer";
  const last = list?.[list.length - 1]?.seq || 0;
  useSeen(chat, last);
  useSigns(chat.id);
  const first = list?.[0]?.seq || 0;
  const older = shown.current.id === chat.id && first > 0 && first < shown.current.first; // a page above: keep the place, read nothing out
  const below = older && box.current ? box.current.scrollHeight - box.current.scrollTop : 0;

  const toEnd = () => {
    if (box.current) {
      box.current.scrollTop = box.current.scrollHeight;
      size.current = sizeOf(box.current);
    }
    atEnd.current = true;
    setMissed(0);
  };

  useLayoutEffect(() => {
    const before = shown.current;
    const fresh = before.id !== chat.id || before.last === 0;
    const words = (list || []).filter((entry) => entry.seq > before.last && "text" in entry.data).length;
    shown.current = { id: chat.id, first, last };
    if (older && box.current) box.current.scrollTop = box.current.scrollHeight - below;
    else if (fresh || atEnd.current || mine.length) toEnd();
    else if (words) setMissed(missed + words);
  }, [items, typing, chat.id]);

  useEffect(() => {
    // pictures, fonts and a text field that grows move the end
    const watcher = new ResizeObserver(() => (atEnd.current ? toEnd() : box.current && (size.current = sizeOf(box.current))));
    if (box.current) {
      watcher.observe(box.current);
      if (box.current.firstElementChild) watcher.observe(box.current.firstElementChild);
    }
    return () => watcher.disconnect();
  }, [chat.id, Boolean(list)]);

  if (notices.value.get(chat.id)?.code === "unknown_conversation" && !list) return html`<div class="convo__log"><${Empty} icon="chat" title=${t("gone")}><p>${t("gone.help")}</p><//></div>`;
  const tail = items[items.length - 1];
  const dotsInside = typing && tail?.type === "group" && tail.who === "customer";
  return html`<div class="convo__scroll">
    <div ref=${box} class="convo__log" tabindex="0" role="log" aria-label=${t("messages")} aria-live=${list && !older ? "polite" : "off"} aria-relevant="additions" onScroll=${() => {
      const at = /** @type {HTMLDivElement} */ (box.current);
      if (atEnd.current && size.current !== sizeOf(at)) return; // nobody scrolled: the brief or a suggestion took room meanwhile, the watcher sees to it
      atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR;
      if (atEnd.current && missed) setMissed(0);
    }}><div class="convo__in">
      ${list && earlier.value ? html`<button type="button" class="sd-btn sd-btn--sm sd-btn--quiet earlier" disabled=${status.value !== "online"} onClick=${askEarlier}>${t("earlier")}</button>` : null}
      ${list ? null : slow ? html`<${Loading} />` : null}
      ${items.map((item) =>
        item.type === "group"
          ? html`<${Group} key=${item.key} item=${item} chat=${chat} me=${me} onEdit=${onEdit} dots=${dotsInside && item === tail ? html`<${Dots} />` : null} />`
          : item.type === "why" ? html`<${Explained} key=${item.key} item=${item} lang=${chat.language} />`
          : item.type === "line" ? html`<${Line} key=${item.key} item=${item} />` : html`<${Day} key=${item.key} at=${item.at} />`,
      )}
      ${typing && !dotsInside ? html`<div class="sd-msg"><span></span><div class="sd-msg__stack"><${Dots} /></div></div>` : null}
    </div></div>
    ${missed ? html`<button type="button" class="sd-btn sd-btn--sm sd-btn--round newer" onClick=${toEnd}>${t("new_below", { n: missed })}</button>` : null}
  </div>`;
}
