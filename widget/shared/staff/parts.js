/** The small parts that every staff page is made of: icons, avatars, tags, empty and loading states, strips. */
import { icons } from "../icons.js";
import { html, signal, useEffect, useState } from "../preact.js";
import { t } from "./strings.js";

/** @typedef {keyof typeof icons} IconName */

/** @param {{ name: IconName, size?: "sm" | "lg" }} props */
export const Icon = ({ name, size }) =>
  html`<svg class=${`sd-i${size ? ` sd-i--${size}` : ""}`} viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML=${{ __html: icons[name] }}></svg>`;

/** A stable hue for whoever has this id. @param {string} id */
export function hueOf(id) {
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + (sign.codePointAt(0) || 0)) % 3600;
  return (sum * 37) % 360;
}

/** First letters of the first and the last name. @param {string} name */
export function initials(name) {
  const parts = name.trim().split(/\s+/).filter(Boolean);
  return [parts[0], parts.length > 1 ? parts[parts.length - 1] : ""].map((part) => [...(part || "")][0] || "").join("").toUpperCase();
}

/** A person with a name has initials, a visitor without one a figure. @param {{ id: string, name?: string, size?: string, class?: string, on?: boolean }} props */
export const Avatar = ({ id, name, size, class: extra = "", on }) =>
  html`<span class=${`sd-av ${extra}`} style=${{ "--hue": hueOf(id), ...(size ? { "--sz": size } : {}) }} aria-hidden="true">
    ${name ? initials(name) : html`<${Icon} name="person" />`}${on === undefined ? null : html`<span class=${`sd-av__on${on ? "" : " sd-av__on--away"}`}></span>`}
  </span>`;

export const AssistantAvatar = () => html`<span class="sd-av sd-av--bot" aria-hidden="true"><${Icon} name="spark" /></span>`;

/** @param {{ kind?: string, children?: unknown, title?: string, class?: string }} props */
export const Tag = ({ kind, children, title, class: extra = "" }) => html`<span class=${`sd-tag${kind ? ` sd-tag--${kind}` : ""} ${extra}`} title=${title}>${children}</span>`;

/** @param {{ n: number, quiet?: boolean, label?: string }} props */
export const Count = ({ n, quiet, label }) =>
  html`<span class=${`sd-badge${quiet ? " sd-badge--quiet" : ""}`}><span aria-hidden=${label ? "true" : undefined}>${n > 99 ? "99+" : n}</span>${label ? html`<span class="sd-sr">${label}</span>` : null}</span>`;

/** @param {{ icon: IconName, title: string, children?: unknown }} props */
export const Empty = ({ icon, title, children }) => html`<div class="sd-empty"><${Icon} name=${icon} /><h3>${title}</h3>${children}</div>`;

/** A skeleton belongs only to a wait that somebody notices. True after 300 ms of waiting. @param {boolean} waiting */
export function useSlow(waiting) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && slow;
}

/** @param {{ rows?: number }} props */
export const SkeletonRows = ({ rows = 6 }) =>
  html`<div class="skelrows" role="status"><span class="sd-sr">${t("loading")}</span>
    ${Array.from({ length: rows }, (_, i) => html`<div class="skelrow" key=${i}><span class="sd-skel sd-skel--av"></span><span class="skelrow__text"><span class="sd-skel" style=${{ width: `${[62, 48, 70, 55, 66, 44][i % 6]}%` }}></span><span class="sd-skel" style=${{ width: `${[88, 76, 92, 70, 84, 80][i % 6]}%` }}></span></span></div>`)}
  </div>`;

/** One line where the thing happened; errors stay until they are read. @param {{ kind?: "ok" | "danger" | "quiet", icon?: IconName, children?: unknown, action?: string, onAction?: () => void, role?: string }} props */
export const Strip = ({ kind, icon = "warn", children, action, onAction, role = "status" }) =>
  html`<div class=${`sd-banner${kind ? ` sd-banner--${kind}` : ""}`} role=${role}><${Icon} name=${icon} /><span class="sd-grow">${children}</span>${action ? html`<button type="button" class="sd-btn sd-btn--link" onClick=${onAction}>${action}</button>` : null}</div>`;

const announcement = signal("");
let turn = false;
/** Reads a sentence out to screen readers, politely. @param {string} text */
export function announce(text) {
  // the same sentence twice is two pieces of news: an invisible sign makes it differ
  turn = !turn;
  announcement.value = text ? text + (turn ? "\u200b" : "") : "";
}
/** The shell has this once. */
export const Announcer = () => html`<div class="sd-sr" role="status">${announcement.value}</div>`;
