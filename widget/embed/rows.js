/**
 * What the log shows now, top to bottom, from the entries, what waits to be sent, and what is going on.
 *
 * @typedef {import("./panel.js").View} View
 * @typedef {{ more: boolean, cont: boolean }} Place in a group of the same speaker: more follow, it continues
 * @typedef {{ key: string, by?: string, make: () => HTMLElement, fit?: (node: HTMLElement, place: Place) => void }} Row
 */
import { first, fitMail, fitPlace, mail, place, rating, skeleton } from "./cards.js";
import { h } from "./dom.js";
import { helped } from "./helped.js";
import { firstName, icon } from "./icon.js";
import { agent, answered, offered, own, remarked, system, typing } from "./messages.js";

/** @param {View} view @returns {Row[]} */
export function rows(view) {
  const { talk, words } = view;
  /** @type {Row[]} */
  const list = [];
  const entries = talk.fresh ? [] : talk.feed.shown;
  if (entries.length && talk.feed.first > 1) list.push({ key: "earlier", make: () => h("button", { class: "sd-btn sd-btn--sm sd-btn--quiet w__earlier", click: () => talk.earlier() }, words.say("earlier")) });
  for (const entry of entries) {
    const row = ofEntry(view, entry);
    if (row) list.push(row);
  }
  for (const item of talk.outbox.items) if (item.type === "say") list.push(ofItem(view, item));
  if (talk.pending("request_human")) list.push({ key: "asking", make: () => system(words.say("asking")) });
  if (list.length === 0) {
    return [talk.loading ? { key: "wait", make: skeleton } : { key: "first", make: () => first(view) }];
  }
  if (talk.fresh) return list;
  const question = helped(view);
  if (question) list.push(question);
  if (talk.typist) {
    const { typist } = talk;
    list.push({ key: `typing:${typist.who}${typist.name}${typist.busy}`, make: () => typing(view, typist) });
  }
  if (talk.status === "queued") list.push({ key: "place", make: () => place(view), fit: (node) => fitPlace(view, node) });
  if (view.emailAsked) list.push({ key: "mail", make: () => mail(view), fit: (node) => fitMail(view, node) });
  if (talk.survey) list.push({ key: `rating:${talk.survey}`, make: () => rating(view) });
  return list;
}

/** @param {View} view @param {import("../shared/wire.d.ts").EntryFrame} entry @returns {Row | undefined} */
function ofEntry(view, { seq, ts, data }) {
  const { words } = view;
  const key = `${view.talk.conversation}:${seq}`;
  /** @param {string} text @param {boolean} [rule] @returns {Row} */
  const line = (text, rule) => ({ key, make: () => system(text, rule) });
  switch (data.kind) {
    case "said":
      return { key: data.client_id ?? key, by: "you", make: () => own(view, data.text), fit: (node, place) => tick(view, node, place, seq, ts) };
    case "answered":
      return { key, by: "bot", make: () => answered(view, data), fit: group };
    case "offered":
      return { key, by: "bot", make: () => offered(view, data), fit: (node, place) => (group(node, place), lock(view, node)) };
    case "remarked":
      return { key, by: "bot", make: () => remarked(view, data.text), fit: group };
    case "replied":
      return { key, by: data.agent, make: () => agent(view, data.name, data.text, ts), fit: group };
    case "handoff":
      return line(data.text || words.say("handoff"));
    case "contact":
      return line(words.say("emailKept", { email: data.email }));
    case "claimed":
      return line(words.say("joined", { name: firstName(data.name) }), true);
    case "released":
      return line(words.say("released", { name: firstName(data.name) }));
    case "handed_back":
      return line(words.say("handedBack"), true);
    case "resolved":
      return line(data.by === "agent" && data.name ? words.say("endedBy", { name: firstName(data.name) }) : words.say(data.by === "customer" ? "endedByYou" : "statusEnded"), true);
    case "rated":
      return line(words.say("rated", { n: data.value }));
  }
}

/** @param {View} view @param {import("../shared/outbox.js").Item} item @returns {Row} */
function ofItem(view, item) {
  return { key: item.client_id, by: "you", make: () => own(view, item.data.text), fit: (node, place) => pend(view, node, place, item) };
}

/** @param {HTMLElement} node @param {Place} place */
function group(node, { more, cont }) {
  node.classList.toggle("w__more", more);
  node.classList.toggle("w__cont", cont);
}

/** An offer can be taken while the assistant has the conversation. @param {View} view @param {HTMLElement} node */
function lock({ talk }, node) {
  node.querySelectorAll("button").forEach((button) => (button.disabled = talk.status !== "bot"));
}

/** @param {View} view @param {HTMLElement} node @param {Place} place @param {import("../shared/outbox.js").Item} item */
function pend({ words, talk }, node, place, { state, code, client_id }) {
  group(node, place);
  node.classList.toggle("sd-msg--pending", state !== "failed" && talk.link.status !== "online");
  node.classList.toggle("sd-msg--failed", state === "failed");
  const meta = /** @type {HTMLElement} */ (node.querySelector(".sd-msg__meta"));
  if (state === "failed") {
    const again = h("button", { class: "sd-btn sd-btn--link sd-tiny w__meta-act", click: () => talk.outbox.retry(client_id) }, words.say("again"));
    say(meta, `failed${code}`, icon("warn", "sd-i--sm"), words.say(code === "text_too_long" ? code : "failed"), again);
  } else if (place.more) say(meta, "");
  else {
    const word = talk.link.status === "online" ? "sending" : "sendsLater";
    say(meta, word, icon("clock", "sd-i--sm"), words.say(word));
  }
}

/** Sent, delivered, seen: on the last of a group, as long as nothing was said after it. @param {View} view @param {HTMLElement} node @param {Place} place @param {number} seq @param {string | null | undefined} ts */
function tick({ words, talk }, node, place, seq, ts) {
  group(node, place);
  node.classList.remove("sd-msg--pending", "sd-msg--failed");
  const meta = /** @type {HTMLElement} */ (node.querySelector(".sd-msg__meta"));
  const { seen, delivered, at } = talk.staff;
  const state = seen >= seq ? "seen" : delivered >= seq ? "delivered" : "sent";
  const later = talk.feed.shown.some(({ seq: other, data }) => other > seq && "text" in data);
  if (place.more || later || talk.over) say(meta, "");
  else say(meta, state, words.say(state, { time: words.time(state === "seen" ? at : ts) }), icon(state === "sent" ? "check" : "checks", `sd-i--sm w__${state}`));
}

/** Only when it says something else than before: elements in it may have the focus. @param {HTMLElement} meta @param {string} mark @param {(Node | string)[]} parts */
function say(meta, mark, ...parts) {
  if (meta.dataset.mark === mark) return;
  meta.dataset.mark = mark;
  meta.replaceChildren(...parts);
  meta.hidden = !mark;
}
