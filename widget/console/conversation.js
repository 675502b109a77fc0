/** The open chat: its head with what can be done, the brief, the log, the text field. */
import { html, useEffect, useMemo, useState } from "../shared/preact.js";
import { MenuButton } from "../shared/staff/menu.js";
import { Empty, Icon, Strip, Tag, useSlow } from "../shared/staff/parts.js";
import { account, may } from "../shared/staff/session.js";
import { useMedia } from "../shared/staff/shell.js";
import { languageName, t } from "../shared/staff/strings.js";
import { Advising } from "./advising.js";
import { Briefing } from "./briefing.js";
import { Composer } from "./composer.js";
import { act, dismiss } from "./desk.js";
import { Log } from "./log.js";
import { isLive, isMine } from "./rows.js";
import { cutOff, entries, listed, notices, openId, present, rows, status, unsent } from "./state.js";
import { now } from "./time.js";
import { noticeText, standing, titleOf } from "./words.js";

/** @typedef {import("./state.js").Chat} Chat */

/** @param {{ chat: Chat, onBack: () => void, onResolve: () => void, onAside: () => void, aside: boolean }} props */
function Head({ chat, onBack, onResolve, onAside, aside }) {
  const me = account.value?.id || "";
  const mine = isMine(chat, me) && isLive(chat);
  const offline = status.value !== "online";
  const busy = unsent.value.some((item) => item.conversation === chat.id && !["reply", "note", "judge"].includes(item.type) && item.state !== "failed");
  const off = offline || busy;
  const agent = may("agent");
  const list = entries.value;
  const since = useMemo(() => Date.parse([...(list || [])].reverse().find((entry) => entry.data.kind === "claimed")?.ts || "") || 0, [list]);
  const phone = useMedia("(max-width: 720px)");
  const here = isLive(chat) && !cutOff.value ? present.value.get(chat.id) : undefined;
  /** @type {import("../shared/staff/menu.js").MenuItem[]} */
  const items = [
    ...(phone ? [{ label: t("about_customer"), icon: "person", run: onAside }] : []),
    ...(mine ? [{ label: t("release.long"), icon: "swap", disabled: off, run: () => act("release", chat.id) }, { label: t("hand_back"), icon: "spark", disabled: off, run: () => act("hand_back", chat.id) }] : []),
    ...(chat.status === "queued" && agent ? [{ label: t("resolve"), icon: "check", disabled: off, run: onResolve }] : []),
  ];
  const claimable = agent && (chat.status === "queued" || chat.status === "bot");
  return html`<header class="convo__head">
    <button type="button" class="sd-btn sd-btn--quiet sd-btn--icon onlyphone" aria-label=${t("back_to_list")} onClick=${onBack}><${Icon} name="left" size="lg" /></button>
    <div class="sd-grow"><${phone ? "h1" : "h2"} class="sd-trunc convo__title" lang=${chat.language} title=${titleOf(chat)}>${titleOf(chat)}<//><p class="sd-small sd-faint sd-trunc">${standing(chat, me, now.value, since)} ${here === undefined ? null : html`<span aria-hidden="true">·</span> <span class=${here ? "here" : ""}>${t(here ? "here" : "not_here")}</span> `}<span aria-hidden="true">·</span> ${languageName(chat.language)}</p></div>
    ${chat.rated ? html`<${Tag} title=${chat.comment || t(`rating.${chat.rated}`)}><${Icon} name=${`f${chat.rated}`} /><span>${t("rating.of", { n: chat.rated })}</span><//>` : null}
    ${mine ? html`<button type="button" class="sd-btn sd-btn--quiet hide-mid" disabled=${off} onClick=${() => act("release", chat.id)}><${Icon} name="swap" />${t("release")}</button>` : null}
    ${items.length ? html`<${MenuButton} label=${t("more")} items=${items} />` : null}
    <button type="button" class="sd-btn sd-btn--quiet sd-btn--icon onlymid hide-phone" aria-label=${t("about_customer")} aria-expanded=${aside} aria-controls="customer" onClick=${onAside}><${Icon} name="panel" /></button>
    ${mine ? html`<button type="button" class="sd-btn sd-btn--primary" disabled=${off} onClick=${onResolve}><${Icon} name="check" />${t("resolve")}</button>` : null}
    ${claimable ? html`<button type="button" class="sd-btn sd-btn--primary" disabled=${off} onClick=${() => act("claim", chat.id)}>${t(chat.status === "bot" ? "take_over" : "claim")} ${chat.status === "queued" ? html`<span class="btn__keys hide-phone" aria-hidden="true">A</span>` : null}</button>` : null}
  </header>`;
}

/** Why there is no reply field, in words. @param {Chat} chat */
function shutReason(chat) {
  if (!may("agent")) return t("foot.reader");
  if (!isLive(chat)) return t("foot.resolved");
  return t("foot.colleague", { name: chat.agent || t("a_colleague") });
}

/** @param {{ onBack: () => void, onResolve: (id: string) => void, onAside: () => void, aside: boolean, brief: boolean, onBrief: (open: boolean) => void, hidden: boolean }} props */
export function Conversation({ onBack, onResolve, onAside, aside, brief, onBrief, hidden }) {
  const id = openId.value;
  const chat = rows.value.get(id);
  const notice = notices.value.get(id);
  const me = account.value?.id || "";
  const [fill, setFill] = useState(/** @type {{ text: string, note: boolean, n: number } | null} */ (null));
  useEffect(() => setFill(null), [id]);
  const slow = useSlow(Boolean(id) && !chat && !notice);
  if (hidden) return null;
  if (!chat) {
    return html`<main class="pane convo" id="conversation" tabindex="-1" aria-label=${t("conversation")}>${
      notice ? html`<${Empty} icon="chat" title=${t("gone")}><p>${t("gone.help")}</p><//>` : id ? (slow ? html`<p class="sd-sr" role="status">${t("loading")}</p>` : null) : listed.value ? html`<div class="convo__empty"><${Empty} icon="inbox" title=${t("choose_chat")}>${may("agent") ? html`<p>${t("choose_chat.help")}</p>` : null}<//></div>` : null
    }</main>`;
  }
  const closedTo = !may("agent") || !isLive(chat) || ((chat.status === "assigned" || chat.status === "snoozed") && !isMine(chat, me));
  return html`<main class="pane convo" id="conversation" tabindex="-1" aria-label=${t("conversation")}>
    <${Head} chat=${chat} onBack=${onBack} onResolve=${() => onResolve(chat.id)} onAside=${onAside} aside=${aside} />
    ${notice ? html`<${Strip} icon="info" role="alert" action=${t("close")} onAction=${() => dismiss(id)}>${noticeText(notice)}<//>` : null}
    <${Briefing} chat=${chat} open=${brief} onToggle=${onBrief} />
    <${Log} key=${chat.id} chat=${chat} onEdit=${(/** @type {string} */ text, /** @type {boolean} */ note) => setFill({ text, note, n: (fill?.n || 0) + 1 })} />
    <footer class="convo__foot">
      ${closedTo ? html`<p class="foot__why"><${Icon} name="info" size="sm" />${shutReason(chat)}</p>` : null}
      ${closedTo ? null : html`<${Advising} key=${chat.id} chat=${chat} />`}
      ${may("agent") ? html`<${Composer} chat=${chat} fill=${fill} onSent=${(/** @type {boolean} */ resolved) => resolved && onResolve("")} />` : null}
    </footer>
  </main>`;
}
