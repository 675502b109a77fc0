/** What we know of the customer: language, page, address, times, the rating. */
import { html, useMemo, useState } from "../shared/preact.js";
import { Avatar, Icon, announce } from "../shared/staff/parts.js";
import { dateTime, duration, languageName, t } from "../shared/staff/strings.js";
import { cutOff, entries, present } from "./state.js";
import { shortPage, titleOf } from "./words.js";

/** @typedef {import("./state.js").Chat} Chat */

/** @param {{ chat: Chat }} props */
function Email({ chat }) {
  const [copied, setCopied] = useState(false);
  const email = chat.email || "";
  const copy = () =>
    navigator.clipboard?.writeText(email).then(() => {
      setCopied(true);
      announce(t("copied"));
      setTimeout(() => setCopied(false), 2000);
    }, () => {});
  return html`<dt>${t("fact.email")}</dt><dd class="sd-row fact__mail"><a class="sd-trunc" title=${email} href=${`mailto:${encodeURIComponent(email).replace("%40", "@")}?subject=${encodeURIComponent(t("mail.subject", { title: chat.title }))}`}>${email}</a><button type="button" class="sd-btn sd-btn--quiet sd-btn--icon sd-btn--sm fact__copy" aria-label=${t("copy_address")} onClick=${copy}><${Icon} name=${copied ? "check" : "copy"} size="sm" /></button></dd>`;
}

/** @param {{ chat: Chat }} props */
function Rating({ chat }) {
  if (!chat.rated) return null;
  return html`<section><h3>${t("fact.rating")}</h3><div class="sd-card rating"><div class="sd-row"><${Icon} name=${`f${chat.rated}`} size="lg" /><b>${t(`rating.${chat.rated}`)}</b><span class="sd-faint sd-num rating__n">${t("rating.of", { n: chat.rated })}</span></div>${chat.comment ? html`<p lang=${chat.language}>${chat.comment}</p>` : html`<p class="sd-faint">${t("rating.no_comment")}</p>`}</div></section>`;
}

/** @param {{ chat: Chat }} props */
export function Customer({ chat }) {
  const list = entries.value;
  const times = useMemo(() => {
    let asked = 0;
    /** @type {{ waited: number, by: string }} */
    const found = { waited: 0, by: "" };
    for (const { ts, data } of list || []) {
      if (data.kind === "handoff") asked = Date.parse(ts || "") || 0;
      if (data.kind === "claimed" && asked) Object.assign(found, { waited: Date.parse(ts || "") - asked, by: data.name });
    }
    return found;
  }, [list]);
  return html`<div class="pane__scroll cust">
    <div class="sd-row cust__top"><${Avatar} id=${chat.id} class="sd-av--lg" on=${cutOff.value ? undefined : present.value.get(chat.id)} /><div class="sd-grow"><h2>${t("customer")}</h2><p class="sd-small sd-faint">${languageName(chat.language)}</p></div></div>
    <dl class="facts">
      ${chat.email ? html`<${Email} chat=${chat} />` : null}
      <dt>${t("fact.language")}</dt><dd>${languageName(chat.language)}</dd>
      ${chat.page ? html`<dt>${t("fact.page")}</dt><dd>${/^https?:/.test(chat.page) ? html`<a href=${chat.page} class="sd-trunc fact__page" title=${chat.page} target="_blank" rel="noopener noreferrer">${shortPage(chat.page)}</a>` : chat.page}</dd>` : null}
      <dt>${t("fact.started")}</dt><dd class="sd-num">${dateTime(chat.created_at)}</dd>
      ${times.by ? html`<dt>${t("fact.waited")}</dt><dd class="sd-num">${duration(times.waited)}</dd>` : null}
      ${chat.agent ? html`<dt>${t("fact.agent")}</dt><dd>${chat.agent}</dd>` : null}
      ${chat.episode > 1 ? html`<dt>${t("fact.episode")}</dt><dd class="sd-num">${t("fact.episode.nth", { n: chat.episode })}</dd>` : null}
    </dl>
    ${chat.email ? html`<p class="sd-note sd-note--info"><${Icon} name="mail" /><span>${t("wants_email")}</span></p>` : null}
    <${Rating} chat=${chat} />
    <section><h3>${t("fact.subject")}</h3><p class="sd-small" lang=${chat.language}>${titleOf(chat)}</p></section>
    <p class="sd-tiny"><a href=${`/api/v1/conversations/${encodeURIComponent(chat.id)}/export`} download=${`${chat.id}.json`}>${t("export")}</a></p>
  </div>`;
}
