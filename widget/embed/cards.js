/** The cards at the end of the log: the first screen, the place in line, an address for e-mail, the rating. */
import { h } from "./dom.js";
import { icon } from "./icon.js";

/** @typedef {import("./panel.js").View} View */

/** Greeting, the notice that this is a machine, suggestions. @param {View} view */
export function first(view) {
  const { words, app } = view;
  const chips = (app.config.suggestions?.[words.language] ?? []).map((text) => h("button", { class: "sd-chip", type: "button", click: () => view.say(text) }, text));
  return h(
    "div",
    { class: "w__first" },
    h("p", { class: "w__hello" }, words.say("hello")),
    h("div", { class: "w__ai" }, icon("spark"), h("p", null, words.say("notice"))),
    chips.length > 0 && h("div", { class: "sd-chips", role: "group", "aria-label": words.say("suggestions") }, ...chips),
  );
}

export const skeleton = () => h("div", { class: "w__wait", "aria-hidden": "true" }, ...[1, 2, 3].map(() => h("span", { class: "sd-skel" })));

const STEPS = 5; // parts of the line, as drawn

/** @param {View} view */
export function place(view) {
  const { words, talk } = view;
  const part = (/** @type {string} */ name, /** @type {string} */ tag = "span", more = "") => h(/** @type {"span"} */ (tag), { class: more, "data-part": name });
  return h(
    "section",
    { class: "sd-queue", "aria-label": words.say("queue") },
    h("div", { class: "sd-queue__top" }, part("n", "span", "sd-queue__place"), part("place", "b", "sd-strong"), part("wait", "span", "sd-muted sd-small")),
    h("div", null, h("div", { class: "sd-queue__line", "aria-hidden": "true" }, ...Array.from({ length: STEPS }, () => h("i"))), part("was", "p", "sd-tiny sd-faint")),
    part("note", "p", "sd-small sd-muted"),
    h("div", { class: "sd-row" }, !talk.state?.email && h("button", { class: "sd-btn sd-btn--sm", type: "button", "data-part": "mail", click: () => view.askEmail(true) }, icon("mail", "sd-i--sm"), words.say("email"))),
  );
}

/** Brings the place in line up to date. @param {View} view @param {HTMLElement} node */
export function fitPlace({ words, talk, announce }, node) {
  const { queue, firstPlace, people, state } = talk;
  /** @param {string} name @param {string} text */
  const put = (name, text) => {
    const part = /** @type {HTMLElement} */ (node.querySelector(`[data-part="${name}"]`));
    part.textContent = text;
    part.hidden = !text;
  };
  const n = queue?.position ?? 0;
  const from = firstPlace?.n ?? n;
  const position = words.say("place", { n });
  put("n", n ? String(n) : "");
  put("place", n ? position : words.say("statusQueued"));
  put("wait", words.wait(queue?.wait_s));
  put("was", firstPlace && from > n ? words.say("wasPlace", { n: from, time: words.time(firstPlace.at) }) : "");
  put("note", words.say(people ? "mayClose" : "nobody"));
  const done = from > 0 ? Math.max(1, Math.round((STEPS * (from - n + 1)) / from)) : 0;
  node.querySelectorAll(".sd-queue__line i").forEach((step, index) => step.toggleAttribute("data-on", index < Math.min(done, n === 1 ? STEPS : STEPS - 1)));
  const mail = /** @type {HTMLElement | null} */ (node.querySelector('[data-part="mail"]'));
  if (mail) mail.hidden = !!state?.email || !!talk.pending("leave_email");
  if (n) announce(`${position}. ${words.wait(queue?.wait_s)}`);
}

/** @param {View} view */
export function mail(view) {
  const { words, talk } = view;
  const field = h("input", { class: "sd-input", type: "email", autocomplete: "email", inputmode: "email", maxlength: 254, required: true, "aria-describedby": "sd-mail" });
  const help = h("span", { class: "sd-help sd-help--error", id: "sd-mail", role: "alert" });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const bad = !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(field.value.trim());
    complain(field, help, bad ? words.say("emailBad") : "");
    if (bad) return field.focus();
    talk.leaveEmail(field.value.trim());
  };
  return h(
    "form",
    { class: "sd-card w__card", novalidate: true, submit },
    h("label", { class: "sd-field" }, h("span", { class: "sd-label" }, words.say("emailLabel")), field, help),
    h("div", { class: "sd-row" }, h("button", { class: "sd-btn sd-btn--primary", type: "submit" }, words.say("send")), h("button", { class: "sd-btn sd-btn--quiet", type: "button", click: () => view.askEmail(false) }, words.say("cancel"))),
  );
}

/** @param {HTMLElement} field @param {HTMLElement} help @param {string} text */
function complain(field, help, text) {
  help.textContent = text;
  field.setAttribute("aria-invalid", String(!!text));
}

/** What the server thought of the address. @param {View} view @param {HTMLElement} node */
export function fitMail({ words, talk }, node) {
  const [field, help] = [node.querySelector("input"), /** @type {HTMLElement} */ (node.querySelector(".sd-help"))];
  if (talk.emailError && field) complain(field, help, words.say(talk.emailError === "bad_email" ? "emailBad" : "failed"));
  node.querySelectorAll("button").forEach((button) => (button.disabled = !!talk.pending("leave_email")));
}

/** @param {View} view */
export function rating(view) {
  const { words, talk } = view;
  const faces = /** @type {const} */ ([1, 2, 3, 4, 5]).map((value) => {
    const name = words.say(`rate${value}`);
    const radio = h("input", { type: "radio", name: "sd-rating", value, "aria-label": `${value}: ${name}`, change: () => (send.disabled = false) });
    return h("label", { title: name }, radio, icon(`f${value}`), h("span", { "aria-hidden": "true" }, String(value)));
  });
  const comment = h("textarea", { class: "sd-input", rows: 2, maxlength: 2000 });
  const send = h("button", { class: "sd-btn sd-btn--primary", type: "submit", disabled: true }, words.say("rate"));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const chosen = faces.findIndex((face) => face.querySelector("input")?.checked);
    if (chosen >= 0) talk.rate(chosen + 1, comment.value.trim());
  };
  return h(
    "form",
    { class: "sd-card w__card", submit },
    h(
      "fieldset",
      { class: "sd-rate" },
      h("legend", { class: "sd-strong" }, words.say("rating")),
      h("div", { class: "sd-rate__set" }, ...faces),
      h("div", { class: "sd-rate__ends", "aria-hidden": "true" }, h("span", null, words.say("rate1")), h("span", null, words.say("rate5"))),
    ),
    h("label", { class: "sd-field" }, h("span", { class: "sd-label" }, words.say("comment")), comment),
    h("div", { class: "sd-row" }, send, h("button", { class: "sd-btn sd-btn--quiet", type: "button", click: () => talk.skipRating() }, words.say("skip"))),
  );
}
