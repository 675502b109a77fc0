/** The answer as customers see it: the widget's own message builders and stylesheets, in a shadow root of its own. */
import { own, answered } from "../embed/messages.js";
import { Words } from "../embed/words.js";
import { html, useEffect, useRef, useState } from "../shared/preact.js";
import { signedOut } from "../shared/staff/session.js";
import { t } from "../shared/staff/strings.js";
import * as articles from "./articles.js";
import { site } from "./site.js";

const TYPING_MS = 350;
const STYLES = ["../shared/tokens.css", "../shared/chat.css", "../embed/panel.css", "./preview.css"].map((path) => new URL(path, import.meta.url).href);

/** @param {HTMLElement} host @returns {HTMLElement} the widget's window inside it */
function frame(host) {
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  if (!root.firstChild) {
    for (const href of STYLES) root.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
    root.append(Object.assign(document.createElement("div"), { className: "sd w" }));
  }
  return /** @type {HTMLElement} */ (root.lastChild);
}

/** @param {string} tag @param {string} name @param {string} [text] */
const part = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });

/** @param {{ sheet: import("./sheet.js").Sheet, theme: string }} props theme: "light" or "dark" */
export function Preview({ sheet, theme }) {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const [rendered, setRendered] = useState({ body: "", html: "" });
  const [away, setAway] = useState(false);
  const [words, setWords] = useState(/** @type {Words | null} */ (null));
  const { title, body, questions } = sheet.draft.value;
  const question = questions.find((each) => each.trim()) || title;
  const first = useRef(true);

  useEffect(() => {
    let current = true;
    Words.load(sheet.language).then((loaded) => current && setWords(loaded), () => {});
    return () => {
      current = false;
    };
  }, [sheet.language]);

  useEffect(() => {
    if (!body.trim()) return setRendered({ body, html: "" });
    const stop = new AbortController();
    const ask = () => {
      articles.preview(body, sheet.language, stop.signal).then(
        ({ html: text }) => {
          setRendered({ body, html: text });
          setAway(false);
        },
        () => {
          if (stop.signal.aborted) return;
          setAway(true); // the last one stays on the screen
          if (!signedOut.value) timer = setTimeout(ask, 5_000);
        },
      );
    };
    let timer = setTimeout(ask, first.current ? 0 : TYPING_MS);
    first.current = false;
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [body, sheet.language]);

  useEffect(() => {
    if (!host.current || !words) return;
    const box = frame(host.current);
    const { name, brand } = site.value;
    box.dataset.theme = theme;
    box.lang = sheet.language;
    if (brand) {
      box.style.setProperty("--sd-brand", brand);
      box.dataset.brand = "";
    }
    const view = /** @type {any} */ ({ words, app: { origin: location.origin } });
    const head = part("div", "w__head");
    head.append(Object.assign(part("span", "sd-av sd-av--brand sd-av--sm", (name || t("m.preview.shop"))[0].toUpperCase()), { ariaHidden: "true" }), part("h2", "sd-trunc", name || t("m.preview.shop")));
    const log = part("div", "sd-log w__log");
    if (question.trim()) log.append(own(view, question.trim()));
    if (body.trim() && rendered.html) {
      const url = `/help/${sheet.language}/${sheet.article || "new"}`;
      const source = { article: sheet.article, title: title.trim() || t("m.untitled"), url, language: sheet.language };
      log.append(answered(view, /** @type {any} */ ({ kind: "answered", re: 1, text: rendered.body, html: rendered.html, source, certainty: 1 })));
    } else if (!body.trim()) log.append(part("p", "sd-sys", t("m.preview.empty")));
    for (const meta of log.querySelectorAll(".sd-msg__meta:empty")) meta.remove();
    box.replaceChildren(head, log);
  }, [words, rendered, question, title, Boolean(body.trim()), theme, site.value, sheet]);

  return html`<div class="preview" aria-busy=${rendered.body !== body ? "true" : "false"} data-theme=${theme}><div class="preview__host" ref=${host}></div>
    ${away ? html`<p class="sd-tiny preview__away" role="status">${t("m.preview.away")}</p>` : null}</div>`;
}
