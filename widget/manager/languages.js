/** The languages of the open article as tabs, and the way to begin one that is missing. */
import { html } from "../shared/preact.js";
import { Icon } from "../shared/staff/parts.js";
import { LANGUAGES, spoken, t } from "../shared/staff/strings.js";
import * as editing from "./editing.js";
import { rows } from "./library.js";
import { StateDot } from "./list.js";
import { same } from "./sameness.js";

/** As speakers write it; the tabs are short, so Norwegian goes without saying. @type {Record<string, string>} */
const OWN = { en: "English", da: "Dansk", sv: "Svenska", nb: "Bokmål", nn: "Nynorsk" };

/** Which text is the least to rewrite. @type {Record<string, string[]>} */
const NEAREST = { en: ["da", "sv", "nb", "nn"], da: ["nb", "nn", "sv", "en"], sv: ["nb", "da", "nn", "en"], nb: ["nn", "da", "sv", "en"], nn: ["nb", "da", "sv", "en"] };

/** @param {string} code */
function standing(code) {
  const sheet = editing.sheet.value;
  const open = sheet?.language === code ? sheet : null;
  const edition = editing.root.value?.languages[code];
  if (!edition) return open ? "draft" : "missing";
  if (open && edition.published && edition.state !== "archived") return same(edition.published, open.draft.value) ? older(code) || "published" : "changed";
  return (edition.state === "published" && older(code)) || edition.state;
}

/** Whether the list says that another language was published later. @param {string} code */
const older = (code) => (rows.value?.find((row) => row.id === editing.place.value.article)?.languages[code]?.outdated ? "outdated" : "");

export function Languages() {
  const sheet = editing.sheet.value;
  const isNew = editing.place.value.article === editing.NEW;
  const chosen = sheet?.language || editing.place.value.language;
  /** @param {string} code */
  const choose = (code) => (isNew ? editing.rename(code) : void editing.open(editing.place.value.article, code, true));
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = LANGUAGES[(LANGUAGES.findIndex((code) => code === chosen) + step + LANGUAGES.length) % LANGUAGES.length];
    choose(next);
    document.getElementById(`lang-${next}`)?.focus();
  };
  return html`<div class="sd-tabs ed__langs" role="tablist" aria-label=${t("m.language")} onKeyDown=${onKey}>
    ${LANGUAGES.map((code) => {
      const state = isNew ? (code === chosen ? "draft" : "") : standing(code);
      const dot = state === "outdated" ? "changed" : state === "missing" || !state ? "draft" : state;
      const word = ["published", "", "draft"].includes(state) ? "" : t(`m.tab.${state}`);
      return html`<button type="button" key=${code} id=${`lang-${code}`} class="sd-tab" role="tab" lang=${code} aria-selected=${code === chosen} tabindex=${code === chosen ? 0 : -1} data-state=${state} onClick=${() => choose(code)}>
        ${isNew ? null : html`<${StateDot} state=${dot} />`}${OWN[code]}<span class="sd-sr" lang="">${state && !word ? `, ${t(`m.state.${state}`)}` : ""}</span>${word ? html`<span class=${`sd-tiny tab__word tab__word--${state}`} lang="">${word}</span>` : null}
      </button>`;
    })}
  </div>`;
}

export function Missing() {
  const root = /** @type {import("./articles.js").Root} */ (editing.root.value);
  const { language } = editing.place.value;
  const sources = (NEAREST[language] || LANGUAGES).filter((code) => root.languages[code]);
  return html`<div class="sd-empty missing"><${Icon} name="globe" /><h3>${t("m.missing", { language: spoken(language) })}</h3><p>${t("m.missing.text")}</p>
    ${editing.mayWrite()
      ? html`<div class="missing__ways">
          ${sources.slice(0, 3).map((code, i) => {
            const { title, body } = root.languages[code];
            return html`<button type="button" key=${code} class=${`sd-btn${i ? "" : " sd-btn--primary"}`} onClick=${() => editing.begin(language, { title, questions: [], body })}>${t(i ? "m.missing.from" : "m.missing.copy", { language: spoken(language), from: spoken(code) })}</button>`;
          })}
          <button type="button" class="sd-btn sd-btn--quiet" onClick=${() => editing.begin(language)}>${t("m.missing.empty")}</button>
        </div>`
      : null}
  </div>`;
}
