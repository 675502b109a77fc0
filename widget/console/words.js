/** The console's phrases that need more than a key: where a chat stands, what a row says, why something was refused. */
import { about, clock, duration, known, shortTime, spoken, t } from "../shared/staff/strings.js";
import { isMine, urgency, waitingSince } from "./rows.js";

/** @typedef {import("./state.js").Chat} Chat */

/** @param {Chat} chat */
export const titleOf = (chat) => chat.title || t("visitor");

/** Where the chat stands, for its head. @param {Chat} chat @param {string} me @param {number} now @param {number} since when it was taken, 0 if unknown */
export function standing(chat, me, now, since) {
  const agent = chat.agent || t("a_colleague");
  switch (chat.status) {
    case "queued":
      return t("standing.waiting", { time: about(now - waitingSince(chat)) });
    case "assigned":
      if (!isMine(chat, me)) return t("standing.colleague", { name: agent });
      return since ? t("standing.mine", { time: about(now - since) }) : t("standing.mine_now");
    case "snoozed":
      return t("standing.snoozed");
    case "bot":
      return t("standing.assistant");
    default:
      return t(chat.status === "closed" ? "standing.closed" : "standing.resolved", { time: shortTime(chat.updated_at, now) });
  }
}

/** The second line of a row, and whether it is ours. @param {Chat} chat @param {string} me @returns {{ text: string, reply: boolean, said: boolean }} */
export function lastLine(chat, me) {
  const text = chat.last_text;
  if (chat.status === "queued" && chat.said && !chat.title.startsWith(chat.said) && !chat.said.startsWith(chat.title)) return { text: chat.said, reply: false, said: true };
  if (chat.status === "queued" && (chat.last_kind !== "said" || !text || text === chat.title)) return { text: t(`reason.${chat.reason || "none"}`), reply: false, said: false };
  if (chat.last_kind === "replied") return { text: t(isMine(chat, me) ? "row.you" : "row.colleague", { text }), reply: true, said: false };
  if (chat.last_kind === "noted") return { text: t("row.note", { text }), reply: false, said: false };
  if (["answered", "offered", "remarked"].includes(chat.last_kind)) return { text: t("row.assistant", { text }), reply: false, said: false };
  if (chat.last_kind === "rated") return { text: t("row.rated", { n: chat.rated || 0 }), reply: false, said: false };
  return { text: text || t(`row.${chat.last_kind}`), reply: false, said: true };
}

/** The time at the end of a row: minutes for who waits, else the last word's. @param {Chat} chat @param {number} now */
export function rowTime(chat, now) {
  if (chat.status !== "queued") return { text: shortTime(chat.updated_at, now), look: "", label: "" };
  const ms = Math.max(0, now - waitingSince(chat));
  const minutes = Math.floor(ms / 60_000);
  const text = minutes < 60 ? t("duration.min", { min: minutes }) : duration(minutes * 60_000);
  return { text, look: urgency(ms), label: t("row.waited", { time: text }) };
}

/** @param {{ code: string, owner: string, deed: string, message: string }} notice */
export function noticeText({ code, owner, deed, message }) {
  if (code === "already_claimed" || code === "not_yours") {
    if (deed === "reply") return owner ? t("notice.reply_kept", { name: owner }) : t("notice.reply_kept.nobody");
    if (owner) return t(deed === "claim" ? "notice.claim_lost" : "notice.not_yours", { name: owner });
    return t("notice.nobody_has_it");
  }
  if (code === "refused" && deed === "reply") return t("notice.reply_kept.moved");
  return known(`notice.${code}`) ? t(`notice.${code}`) : message || t("problem.unknown");
}

/** A line between the bubbles in words. A joined kind is the asking and the claiming of one chat. @param {string} kind @param {Record<string, string | number>} values */
export function lineText(kind, values) {
  const [first, second] = kind.split("+");
  if (!second) return t(first, values);
  return t("line.joined", {
    asked: t(first),
    waited: duration(Number(values.waited)),
    taken: t(second.endsWith(".you") ? "line.taken_at.you" : "line.taken_at", { name: values.name, time: clock(Number(values.at)) }),
  });
}

/** @param {string} code @param {string} own the reader's language */
export const writtenIn = (code, own) => (code === own ? "" : t("writing_in", { language: spoken(code) }));

/** A page's address cut to what tells it apart. @param {string} address */
export function shortPage(address) {
  try {
    const parts = new URL(address).pathname.split("/").filter(Boolean);
    return parts.length > 1 ? `…/${parts[parts.length - 1]}` : `/${parts[0] || ""}`;
  } catch {
    return address;
  }
}
