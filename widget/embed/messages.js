/** What people and the assistant said, as elements: one for each message, the sender first. */
import { h } from "./dom.js";
import { avatar, firstName, icon, robot } from "./icon.js";

/**
 * @typedef {import("./panel.js").View} View
 * @typedef {import("../shared/wire.d.ts").Source} Source
 */

/** @type {{ createHTML(html: string): string } | null | undefined} */
let policy;

/** Puts the server's sanitised HTML in; where the page's Trusted Types forbid that, its plain text. @param {HTMLElement} node @param {string} html @param {string} text */
function fill(node, html, text) {
  try {
    policy ??= window.trustedTypes?.createPolicy("svardesk", { createHTML: (sanitised) => sanitised }) ?? null;
    node.innerHTML = policy ? policy.createHTML(html) : html;
    for (const link of node.querySelectorAll("a")) outward(link);
  } catch {
    node.replaceChildren(...linked(text));
    node.classList.add("sd-bubble--text");
  }
}

/** @param {HTMLAnchorElement} link */
function outward(link) {
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

/** Text with its web addresses as links. @param {string} text */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/).map((part, odd) => (odd % 2 ? outward(h("a", { href: part }, part)) : part));
}

/** @param {string} text @param {string} [lang] what the assistant says is in that of the conversation; the visitor may have chosen another one */
const bubble = (text, lang) => h("div", { class: "sd-bubble sd-bubble--text", dir: "auto", lang }, ...linked(text));

/** @param {View} view @param {string} text */
export function own({ words }, text) {
  const node = h("article", { class: "sd-msg sd-msg--own", "aria-live": "off" });
  node.append(h("span", { class: "sd-sr" }, `${words.say("you")}:`), h("div", { class: "sd-msg__stack" }, bubble(text)), h("p", { class: "sd-msg__meta" }));
  return node;
}

/** @param {string} name @param {string} after @param {HTMLElement} picture @param {string} kind @param {(Node | null)[]} inside */
function theirs(name, after, picture, kind, ...inside) {
  return h("article", { class: `sd-msg sd-msg--${kind}` }, h("p", { class: "sd-msg__by" }, h("b", null, name), h("span", null, after)), picture, h("div", { class: "sd-msg__stack" }, ...inside));
}

/** @param {View} view @param {string} name @param {string} text @param {string | null | undefined} when */
export const agent = ({ words }, name, text, when) => theirs(firstName(name), words.time(when), avatar(name, "sd-av--sm"), "agent", bubble(text));

/** @param {View} view @param {(Node | null)[]} inside @param {boolean} [automatic] an answer, so say that no person wrote it */
const bot = ({ words }, inside, automatic) => theirs(words.say("assistant"), automatic ? words.say("automatic") : "", robot("sd-av--sm"), "bot", ...inside);

/** @param {View} view @param {string} text */
export const remarked = (view, text) => bot(view, [bubble(text, view.talk.state?.language)], true);

/** @param {View} view @param {import("../shared/wire.d.ts").Answered} answer */
export function answered(view, { html, text, source }) {
  const { words } = view;
  const body = h("div", { class: "sd-bubble", lang: source.language === words.language ? null : source.language });
  fill(body, html, text);
  return bot(view, [body, card(view, source)], true);
}

/** @param {View} view @param {Source} source */
function card({ app, words }, { url, title, language }) {
  const address = new URL(url, app.origin);
  if (!/^https?:$/.test(address.protocol)) return null;
  const foreign = language !== words.language;
  const sub = foreign ? words.say("sourceIn", { language: words.nameOf(language) }) : words.say("source");
  const parts = [icon("doc"), h("span", { class: "sd-source__title", lang: foreign ? language : null }, title), h("span", { class: "sd-source__sub" }, sub, h("span", { class: "sd-sr" }, `, ${words.say("newTab")}`)), icon("external", "sd-i--sm")];
  return outward(h("a", { class: "sd-source", href: address.href }, ...parts));
}

/** The assistant will not guess: articles, a person, e-mail. @param {View} view @param {import("../shared/wire.d.ts").Offered} offer */
export function offered(view, { text, choices = [] }) {
  const { words, talk } = view;
  /** @param {string} sign @param {string} title @param {string} hint @param {(event: MouseEvent) => void} click @param {string | null} [lang] */
  const way = (sign, title, hint, click, lang) => h("button", { click }, icon(sign), h("b", { lang }, title), h("small", null, hint), icon("right"));
  const ways = choices.map(({ article, title, language }) => way("doc", title, words.say("article"), ({ detail }) => detail < 2 && view.say(title, article), language === words.language ? null : language));
  ways.push(way("person", words.say("person"), words.say("personHint"), () => talk.requestHuman()));
  ways.push(way("mail", words.say("email"), words.say("emailHint"), () => view.askEmail(true)));
  return bot(view, [bubble(text, talk.state?.language), h("div", { class: "sd-three", role: "group", "aria-label": words.say("goOn") }, ...ways)]);
}

/** @param {string} text @param {boolean} [rule] */
export const system = (text, rule) => h("p", { class: `sd-sys${rule ? " sd-sys--rule" : ""}` }, h("span", null, text));

/** @param {View} view @param {{ who: string, name: string, busy: boolean }} typist */
export function typing(view, { who, name, busy }) {
  const { words } = view;
  if (busy) return bot(view, [bubble(words.say("busy"))], true);
  const human = who === "agent";
  const by = words.say("typing", { name: human ? firstName(name) : words.say("assistant") });
  const node = theirs(by, "", human ? avatar(name, "sd-av--sm") : robot("sd-av--sm"), human ? "agent" : "bot", h("span", { class: "sd-typing", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
  node.setAttribute("aria-live", "off");
  return node;
}
