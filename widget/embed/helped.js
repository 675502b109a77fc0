/** "Did that help?": asked once of each answer, while it is the last word and asks nothing itself; then a short thanks. Nobody has to say. */
import { h } from "./dom.js";
import { system } from "./messages.js";

/** @param {import("./panel.js").View} view @returns {import("./rows.js").Row | undefined} */
export function helped(view) {
  const { talk, words } = view;
  const last = talk.feed.shown.filter(({ data }) => data.kind !== "hidden").at(-1);
  if (talk.status !== "bot" || last?.data.kind !== "answered" || last.data.asks || talk.outbox.items.some(({ type }) => type !== "helped")) return undefined;
  const key = `${talk.conversation}:${last.seq}:helped`;
  const { thanks } = view;
  if (talk.shelf.get("helped") === key) return thanks ? { key: thanks, make: () => system(words.say(thanks)) } : undefined;
  /** @param {"didYes" | "didNot"} word @param {boolean} yes */
  const way = (word, yes) =>
    h("button", { class: "sd-btn sd-btn--sm", click: () => {
      view.thanks = yes ? "thankYes" : "thankNo";
      talk.shelf.set("helped", key); // by reloads and other tabs it is not asked again
      talk.outbox.add("helped", { seq: last.seq, helped: yes });
    } }, words.say(word));
  const label = words.say("didHelp");
  return { key, make: () => h("div", { class: "sd-row sd-small sd-muted w__helped", role: "group", "aria-label": label }, h("span", null, label), way("didYes", true), way("didNot", false)) };
}
