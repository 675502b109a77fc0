/** The rail at the left edge (at the bottom of a phone): the apps, help, settings, the account. */
import { html } from "../preact.js";
import { MenuButton } from "./menu.js";
import { Avatar, Count, Icon } from "./parts.js";
import { account, logOut, may } from "./session.js";
import { t } from "./strings.js";

/** @typedef {{ id: string, href: string, icon: import("./parts.js").IconName, label: string, roles?: import("./session.js").Account["role"][] }} Place */

/** Without roles: for everybody. @type {Place[]} */
const PLACES = [
  { id: "inbox", href: "/console", icon: "inbox", label: "rail.inbox" },
  { id: "knowledge", href: "/manager", icon: "book", label: "rail.knowledge" },
  { id: "certainty", href: "/certainty", icon: "target", label: "rail.certainty", roles: ["director"] },
];

const Mark = () => html`<span class="rail__mark"><svg viewBox="0 0 24 24" fill="none" aria-hidden="true"><path d="M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H13l-5 4.5V16H6.5A2.5 2.5 0 0 1 4 13.5z" fill="currentColor" /><path d="m8.2 9.7 2.6 2.5 5-5" stroke="var(--sd-bg)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" /></svg></span>`;

/** @param {{ here: string, badges?: Record<string, number>, online?: boolean, onHelp: () => void, onSettings: () => void }} props */
export function Rail({ here, badges = {}, online, onHelp, onSettings }) {
  const me = account.value;
  return html`<nav class="rail" aria-label="Svardesk"><${Mark} />
    ${PLACES.filter(({ roles }) => !roles || may(...roles)).map(({ id, href, icon, label }) => {
      const n = badges[id] || 0;
      return html`<a key=${id} href=${href} aria-label=${n ? t("rail.with_count", { name: t(label), n }) : t(label)} title=${t(label)} aria-current=${id === here ? "page" : undefined}><${Icon} name=${icon} size="lg" />${n ? html`<${Count} n=${n} />` : null}</a>`;
    })}
    <span class="rail__gap"></span>
    <button type="button" aria-label=${`${t("rail.help")} (?)`} title=${t("rail.help")} onClick=${onHelp}><${Icon} name="help" size="lg" /></button>
    <button type="button" aria-label=${t("settings")} title=${t("settings")} onClick=${onSettings}><${Icon} name="cog" size="lg" /></button>
    ${me
      ? html`<${MenuButton} class="rail__me" label=${t("rail.account", { name: me.name })} title=${me.name} side="right"
          head=${html`<div class="sd-menu__head menu__me"><b>${me.name}</b><span>${me.email}</span><span>${t(`role.${me.role}`)}</span></div><hr />`}
          items=${[
            { label: t("settings"), icon: "cog", run: onSettings },
            { label: t("log_out"), icon: "external", run: () => void logOut().catch(() => location.assign("/login")) },
          ]}><${Avatar} id=${me.id} name=${me.name} size="30px" on=${online} /><//>`
      : null}
  </nav>`;
}
