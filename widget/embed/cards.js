/** The cards at the end of the log: the first screen, the place in line, an address for e-mail, the rating. */
import { h } from "./dom.js";
import { icon } from "./icon.js";

/** @typedef {import("./panel.js").View} View */

/** Greeting, the notice that this is a machine, suggestions. @param {View} view */
export function first(view) {
  const { words, app } = view;
  const chips = (app.config.suggestions?.[words.language] ?? []).map((text) => h("button", { class: "sd-chip", click: () => view.say(text) }, text));
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
  const { words } = view;
  const mail = h("button", { class: "sd-btn sd-btn--sm", click: () => view.askEmail(true) }, icon("mail", "sd-i--sm"), words.say("email"));
  return h("section", { class: "sd-queue", "aria-live": "off", "aria-label": words.say("queue") }, h("div"), h("div", { class: "sd-row" }, mail));
}

/** Brings the place in line up to date. Others move on while the line is gone: then it is only where it was. @param {View} view @param {HTMLElement} node */
export function fitPlace({ words, talk, announce }, node) {
  const { queue, people, state, firstPlace } = talk;
  const [body, row] = /** @type {Iterable<HTMLElement>} */ (node.children);
  row.hidden = !!state?.email || !!talk.pending("leave_email");
  const past = queue?.past;
  const n = queue?.position ?? 0;
  const from = firstPlace?.position ?? 0;
  /** @param {typeof queue} last */
  const was = (last) => words.say("wasPlace", { n: last?.position ?? 0, time: words.time(last?.at) });
  const position = past ? was(queue) : n ? words.say("place", { n }) : words.say("statusQueued");
  const wait = past ? "" : words.wait(queue?.wait_s);
  const note = words.say(people || past || row.hidden ? "mayClose" : "nobody");
  const mark = position + wait + note;
  if (body.dataset.mark === mark) return;
  body.dataset.mark = mark;
  const done = past || !n ? 0 : n === 1 ? STEPS : Math.max(1, Math.floor((STEPS * (from - n + 1)) / (from + 1)));
  const line = Array.from({ length: STEPS }, (_, index) => h("i", { "data-on": index < done }));
  body.replaceChildren(
    h("div", { class: "sd-queue__top" }, h("span", { class: `sd-queue__place${past ? " sd-faint" : ""}` }, `${n || ""}`), h("b", { class: "sd-strong" }, position), h("span", { class: "sd-muted sd-small" }, wait)),
    h("div", { class: "sd-queue__line", "aria-hidden": "true" }, ...line),
    h("p", { class: "sd-tiny sd-faint" }, !past && from > n && was(firstPlace)),
    h("p", { class: "sd-small sd-muted" }, note),
  );
  announce(n && !past ? `${position}. ${wait}` : "");
}

/** @param {View} view */
export function mail(view) {
  const { words, talk } = view;
  const field = h("input", { class: "sd-input", type: "email", autocomplete: "email", maxlength: 254, required: true, "aria-describedby": "sd-mail" });
  const help = h("span", { class: "sd-help sd-help--error", id: "sd-mail", role: "alert" });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const bad = !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(field.value.trim());
    complain(form, bad ? words.say("emailBad") : "");
    view.surface.log.toEnd();
    if (bad) return field.focus();
    talk.leaveEmail(field.value.trim());
  };
  const form = h(
    "form",
    { class: "sd-card w__card", novalidate: true, submit },
    h("label", { class: "sd-field" }, h("span", { class: "sd-label" }, words.say("emailLabel")), field, help),
    h("div", { class: "sd-row" }, h("button", { class: "sd-btn sd-btn--primary", type: "submit" }, words.say("send")), h("button", { class: "sd-btn sd-btn--quiet", click: () => view.askEmail(false) }, words.say("cancel"))),
  );
  return form;
}

/** What the server thought of the address. @param {View} view @param {HTMLElement} node */
export function fitMail({ words, talk }, node) {
  if (talk.emailError) complain(node, words.say(talk.emailError === "bad_email" ? "emailBad" : "failed"));
  talk.emailError = "";
  node.querySelectorAll("button").forEach((button) => (button.disabled = !!talk.pending("leave_email")));
}

/** @param {HTMLElement} form @param {string} text */
function complain(form, text) {
  /** @type {HTMLElement} */ (form.querySelector(".sd-help")).textContent = text;
  form.querySelector("input")?.setAttribute("aria-invalid", `${!!text}`);
}

/** @param {View} view */
export function rating(view) {
  const { words, talk } = view;
  let chosen = 0;
  const faces = /** @type {const} */ ([1, 2, 3, 4, 5]).map((value) => {
    const name = words.say(`rate${value}`);
    const radio = h("input", { type: "radio", name: "sd-rating", value, "aria-label": `${value}: ${name}`, change: () => ((chosen = value), (send.disabled = false)) });
    return h("label", { title: name }, radio, icon(`f${value}`), h("span", { "aria-hidden": "true" }, String(value)));
  });
  const comment = h("textarea", { class: "sd-input", rows: 2, maxlength: 2000 });
  const send = h("button", { class: "sd-btn sd-btn--primary", type: "submit", disabled: true }, words.say("rate"));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    talk.rate(chosen, comment.value.trim());
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
    h("div", { class: "sd-row" }, send, h("button", { class: "sd-btn sd-btn--quiet", click: () => talk.skipRating() }, words.say("skip"))),
  );
}
