/** What the visitor has seen, told to the server and shared with the other tabs; what they have not, shown at the launcher. */
import { tease } from "./teaser.js";

/** @typedef {import("./talk.js").Talk} Talk */

const TELL_EVERY = 1_000; // ms

/** Everything on the screen has been seen, if there is a screen. @param {Talk} talk */
export function see(talk) {
  const newest = talk.feed.shown.at(-1)?.seq ?? 0;
  if (talk.app.visible && !document.hidden && talk.settled && newest) {
    if (newest > seenIn(talk)) talk.shelf.set("seen", `${talk.conversation}:${newest}`);
    if (newest > talk.seenSent && talk.link.send("seen", { seq: newest })) talk.seenSent = newest;
  } else talk.telling ??= setTimeout(() => tell(talk), TELL_EVERY);
  count(talk);
}

/** It is here, if not seen: what a person wrote. @param {Talk} talk */
function tell(talk) {
  talk.telling = undefined;
  const { seq = 0 } = unread(talk).filter(({ data }) => data.kind === "replied").at(-1) ?? {};
  if (seq > talk.told && talk.link.send("delivered", { seq })) talk.told = seq;
}

/** @param {Talk} talk */
function seenIn({ shelf, conversation }) {
  const [where, seq] = (shelf.get("seen") ?? "").split(":");
  return where === conversation ? Number(seq) : 0;
}

/** @param {Talk} talk */
function unread(talk) {
  const from = seenIn(talk);
  return talk.feed.shown.filter(({ seq, data }) => seq > from && "text" in data && data.kind !== "said");
}

/** @param {Talk} talk */
export function count(talk) {
  const { app } = talk;
  const news = unread(talk);
  const { seq = 0, data } = news.at(-1) ?? {};
  app.unread(news.length);
  if (seq === talk.teased) return; // shown, or shut by the visitor
  talk.teased = seq;
  const name = (data && "name" in data && data.name) || app.config.name || "?";
  tease(app, data && "text" in data && data.text && !app.visible ? { name, text: data.text } : undefined);
}
