/** The agents' console: list, conversation, customer, and the keys that lead through them. */
import { effect, html, useEffect, useState } from "../shared/preact.js";
import { Icon, Strip, announce } from "../shared/staff/parts.js";
import { account, may, signedOut } from "../shared/staff/session.js";
import { Shell, start, useKeys, useMedia } from "../shared/staff/shell.js";
import { t } from "../shared/staff/strings.js";
import { needed, watch } from "./alerts.js";
import { watchAdvice } from "./advice.js";
import { keyName } from "./advising.js";
import { focusComposer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Customer } from "./customer.js";
import { act, askSuggestions, open, reconnect, sitDown } from "./desk.js";
import { forgetOldDrafts } from "./drafts.js";
import { sayByKey } from "./judging.js";
import { List, focusRow, groups, neighbour, search, step } from "./list.js";
import { isLive, isMine } from "./rows.js";
import { upgraded } from "./upgrade.js";
import { backAgain, cutOff, listed, notices, openId, retryAt, rows, status } from "./state.js";

const PHONE = "(max-width: 720px)";
const NARROW = "(max-width: 1180px)";

/** The open chat stands in the address, so that a reload and a link lead to it. */
const fromAddress = () => decodeURIComponent(/^#\/chat\/(.+)$/.exec(location.hash)?.[1] || "");

/** @param {string} id */
function go(id) {
  const hash = id ? `#/chat/${encodeURIComponent(id)}` : "";
  if (location.hash !== hash) history.pushState(null, "", hash || location.pathname);
  open(id);
}

const keyLines = () => [
  { keys: ["J", "K"], text: t("key.move") },
  { keys: ["Enter"], text: t("key.open") },
  { keys: ["Esc"], text: t("key.back") },
  { keys: ["A"], text: t("key.claim") },
  { keys: ["R"], text: t("key.reply") },
  { keys: ["N"], text: t("key.note") },
  { keys: ["E"], text: t("key.resolve") },
  { keys: ["B"], text: t("key.brief") },
  { keys: ["V"], text: t("key.right") },
  { keys: ["X"], text: t("key.wrong") },
  { keys: [`${keyName(1)} – 3`], text: t("key.advice") },
  { keys: ["/"], text: t("key.search") },
  { keys: ["Ctrl+Enter"], text: t("key.send") },
  { keys: ["Ctrl+Shift+Enter"], text: t("key.send_resolve") },
  { keys: ["?"], text: t("key.help") },
];

/** The line to the server, when there is something to say about it. */
function Connection() {
  const [left, setLeft] = useState(0);
  const due = retryAt.value;
  useEffect(() => {
    const count = () => setLeft(due ? Math.max(0, Math.ceil((due - performance.now()) / 1000)) : 0);
    count();
    const timer = due ? setInterval(count, 500) : undefined;
    return () => clearInterval(timer);
  }, [due]);
  if (signedOut.value) return null; // the shell says that
  if (cutOff.value) return html`<${Strip} icon="off" action=${t("try_now")} onAction=${reconnect}>${t("offline")}${left ? ` ${t("offline.next", { s: left })}` : ""}<//>`;
  if (backAgain.value) return html`<${Strip} kind="ok" icon="check">${t("back_again")}<//>`;
  return upgraded.value ? html`<${Strip} kind="quiet" icon="info" action=${t("reload")} onAction=${() => location.reload()}>${t("upgraded")}<//>` : null;
}

function Console() {
  const phone = useMedia(PHONE);
  const narrow = useMedia(NARROW);
  const [aside, setAside] = useState(false);
  const [brief, setBrief] = useState(false); // the brief itself says when it is news
  const id = openId.value;
  const chat = rows.value.get(id);
  const me = account.value?.id || "";

  useEffect(() => {
    const follow = () => open(fromAddress());
    follow();
    addEventListener("popstate", follow);
    addEventListener("hashchange", follow);
    return () => {
      removeEventListener("popstate", follow);
      removeEventListener("hashchange", follow);
    };
  }, []);
  useEffect(() => setAside(false), [id, narrow]);

  /** @param {string} chosen */
  const choose = (chosen) => {
    go(chosen);
    if (phone) requestAnimationFrame(() => document.getElementById("conversation")?.focus());
  };

  /** The one that has waited longest. @returns {boolean} */
  const takeNext = () => {
    const next = groups.value.waiting[0];
    if (!next || status.value !== "online" || !may("agent")) return false;
    choose(next.id);
    act("claim", next.id);
    return true;
  };

  /** @param {string} which empty: the resolve has been sent already */
  const resolve = (which) => {
    const next = neighbour(id);
    if (which) act("resolve", which);
    announce(t("resolved_now"));
    if (phone) go("");
    if (next) focusRow(next);
  };

  const back = () => {
    if (narrow && aside) return setAside(false);
    const from = id;
    if (phone) go("");
    if (from) focusRow(from);
  };

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Escape: back,
    r: () => Boolean(chat) && (focusComposer("reply"), true),
    n: () => Boolean(chat) && (focusComposer("note"), true),
    a: () => (chat?.status === "queued" ? status.value === "online" && may("agent") && (act("claim", id), true) : takeNext()),
    e: () => Boolean(chat && isLive(chat) && isMine(chat, me) && status.value === "online") && (resolve(id), true),
    b: () => Boolean(chat) && (setBrief(!brief), true),
    v: () => Boolean(chat) && sayByKey(true),
    x: () => Boolean(chat) && sayByKey(false),
    "/": () => (document.getElementById("search")?.focus(), true),
  });

  const listOnly = phone && !id;
  return html`<${Shell} here="inbox" skip=${listOnly ? "list" : "conversation"} skipText=${t("skip.conversation")} badges=${{ inbox: needed() }} online=${status.value === "online"} alerts keys=${keyLines()} class=${`console ${id ? "console--open" : "console--idle"}`}>
    <${List} main=${listOnly} onOpen=${choose} onNext=${takeNext} strip=${phone && id ? null : html`<${Connection} />`} />
    <${Conversation} hidden=${listOnly} onBack=${back} onResolve=${resolve} aside=${aside} onAside=${() => setAside(!aside)} brief=${brief} onBrief=${setBrief} />
    ${chat && (!narrow || aside)
      ? html`<aside class="pane aside" id="customer" aria-label=${t("about_customer")}>${narrow ? html`<button type="button" class="sd-btn sd-btn--quiet sd-btn--icon aside__close" aria-label=${t("close")} onClick=${() => setAside(false)}><${Icon} name="close" /></button>` : null}<${Customer} chat=${chat} /></aside>`
      : null}
  <//>`;
}

start(Console, {
  strings: async (code) => {
    const [ours, help] = await Promise.all([import(`./strings/${code}.js`), import(`./strings/help/${code}.js`)]);
    return { default: { ...ours.default, ...help.default } };
  },
  ready: () => {
    forgetOldDrafts();
    sitDown();
    watch();
    watchAdvice(askSuggestions);
    // a search belongs to the list it was typed over
    effect(() => {
      if (!listed.value) search.value = "";
    });
    // a chat whose claim was lost keeps its notice only while it is open
    effect(() => {
      const id = openId.value;
      for (const key of notices.peek().keys()) if (key !== id) notices.value = new Map([...notices.peek()].filter(([other]) => other === id));
    });
  },
});
