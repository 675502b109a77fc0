/** The list pane: search, filters, one row for each article with its state and its languages. */
import { html, useEffect, useRef } from "../shared/preact.js";
import { MenuButton } from "../shared/staff/menu.js";
import { Empty, Icon, SkeletonRows, Strip, useSlow } from "../shared/staff/parts.js";
import { problemText, useKeys } from "../shared/staff/shell.js";
import { LANGUAGES, languageName, shortTime, t } from "../shared/staff/strings.js";
import { NEW, leftovers, mayWrite, open, openNew, place } from "./editing.js";
import * as library from "./library.js";
import { Reading } from "./reading.js";
import { stateOfAll } from "./sameness.js";

const STATES = ["", "published", "changed", "draft", "archived", "outdated", "missing"];
const DOTS = { published: "sd-dot--ok", changed: "sd-dot--warn", draft: "sd-dot--ring", archived: "dot--crossed" };

/** @param {{ state: import("./articles.js").State, label?: string }} props */
export const StateDot = ({ state, label }) => html`<span class=${`sd-dot ${DOTS[state]}`} role=${label ? "img" : undefined} aria-label=${label} aria-hidden=${label ? undefined : "true"} title=${label}></span>`;

/** @param {import("./articles.js").RowLanguage | undefined} edition */
const standing = (edition) => (!edition ? "missing" : edition.outdated ? "outdated" : edition.state);

/** @param {{ row: import("./articles.js").Row, current: boolean, stop: boolean }} props */
function Article({ row, current, stop }) {
  const state = stateOfAll(row.languages);
  const of = Object.keys(row.languages).find((code) => row.languages[code].title === row.title);
  const title = row.title || t("m.untitled");
  return html`<button type="button" class="sd-item art" data-article=${row.id} aria-current=${current ? "true" : undefined} tabindex=${stop ? 0 : -1} onClick=${() => open(row.id)}>
    <span class="sd-item__top"><${StateDot} state=${state} label=${t(`m.state.${state}`)} /><span class="sd-item__name" lang=${of} title=${title}>${title}</span></span>
    <span class="art__sub">
      <span class="langs" aria-hidden="true">${LANGUAGES.map((code) => html`<span class="sd-lang" key=${code} data-s=${standing(row.languages[code])} title=${`${languageName(code)}: ${t(`m.state.${standing(row.languages[code])}`)}`}>${code}</span>`)}</span>
      <span class="sd-sr">${LANGUAGES.map((code) => `${languageName(code)}: ${t(`m.state.${standing(row.languages[code])}`)}`).join(", ")}. </span>
      <span class="art__time sd-num">${shortTime(row.updated_at, Date.now())}</span>
    </span>
  </button>`;
}

/** @param {{ icon: import("../shared/staff/parts.js").IconName, name: string, all: string, chosen: import("../shared/preact.js").Signal<string>, choices: string[], word: (choice: string) => string }} props */
const Filter = ({ icon, name, all, chosen, choices, word }) =>
  html`<${MenuButton} class=${`sd-btn sd-btn--sm sd-btn--quiet chip${chosen.value ? " chip--on" : ""}`} label=${`${name}: ${chosen.value ? word(chosen.value) : all}`}
    items=${choices.map((choice) => ({ label: choice ? word(choice) : all, icon: choice === chosen.value ? "check" : "none", rule: choice === "outdated", run: () => (chosen.value = choice) }))}>
    <${Icon} name=${icon} size="sm" /><span class="sd-trunc">${chosen.value ? word(chosen.value) : all}</span>
  <//>`;

function Nothing() {
  const q = library.query.value.trim();
  const rows = library.rows.value || [];
  if (rows.length && library.filtered.value)
    return html`<${Empty} icon="filter" title=${t("m.list.filtered")}><p>${t("m.list.filtered.text", { n: rows.length })}</p>
      <button type="button" class="sd-btn" onClick=${() => {
        library.stateFilter.value = "";
        library.languageFilter.value = "";
      }}>${t("m.list.unfilter")}</button><//>`;
  if (q)
    return html`<${Empty} icon="search" title=${t("m.list.nothing", { q })}><p>${t("m.list.nothing.text")}</p>
      ${mayWrite() ? html`<button type="button" class="sd-btn" onClick=${() => openNew(q)}>${t("m.list.write_this", { q })}</button>` : null}<//>`;
  return html`<${Empty} icon="book" title=${mayWrite() ? t("m.list.first") : t("m.list.none")}><p>${t("m.list.first.text")}</p>
    ${mayWrite() ? html`<button type="button" class="sd-btn sd-btn--primary" onClick=${() => openNew()}>${t("m.new.long")}</button>` : null}<//>`;
}

/** Asks for the next page when the end of the list comes into sight. */
function End() {
  const mark = useRef(/** @type {HTMLElement | null} */ (null));
  const count = library.rows.value?.length;
  useEffect(() => {
    const watch = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && library.loadMore(), { rootMargin: "200px" });
    if (mark.current) watch.observe(mark.current);
    return () => watch.disconnect();
  }, [count, library.busy.value]);
  return html`<div ref=${mark} class="list__end sd-tiny sd-faint" role="status">${t("m.list.more")}</div>`;
}

export function List() {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const rows = library.shown.value;
  const slow = useSlow(!library.rows.value && library.busy.value);
  const left = library.rows.value ? leftovers()[0] : undefined;
  const here = rows.findIndex((row) => row.id === place.value.article);

  /** @param {number} step */
  const move = (step) => {
    const all = /** @type {HTMLElement[]} */ ([...(list.current?.querySelectorAll(".art") || [])]);
    if (!all.length) return false;
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const from = at < 0 ? (here < 0 ? (step > 0 ? -1 : all.length) : here) : at;
    all[Math.max(0, Math.min(all.length - 1, from + step))].focus();
  };
  useKeys({
    "/": () => field.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    n: () => (mayWrite() ? openNew() : false),
  });
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length });
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(steps[event.key]);
  };
  const label = library.total.value ? t("m.search.n", { n: library.total.value }) : t("m.search");
  return html`<section class="pane listpane" aria-label=${t("m.articles")}>
    <header class="pane__head"><h1>${t("rail.knowledge")}</h1>${mayWrite() ? html`<button type="button" class="sd-btn sd-btn--sm" onClick=${() => openNew()}><${Icon} name="plus" size="sm" />${t("m.new")}</button>` : null}</header>
    <div class="pane__tools">
      <div class="sd-search"><${Icon} name="search" /><input ref=${field} class="sd-input" type="search" placeholder=${label} aria-label=${label} value=${library.query.value}
        onInput=${(/** @type {Event} */ event) => library.search(/** @type {HTMLInputElement} */ (event.target).value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            /** @type {HTMLElement | null | undefined} */ (list.current?.querySelector(".art"))?.focus();
          }
        }} />${library.query.value ? null : html`<kbd class="sd-kbd" aria-hidden="true">/</kbd>`}</div>
      <div class="sd-row chips">
        <${Filter} icon="filter" name=${t("m.filter.state")} all=${t("m.filter.state.all")} chosen=${library.stateFilter} choices=${STATES} word=${(/** @type {string} */ state) => t(`m.state.${state}`)} />
        <${Filter} icon="globe" name=${t("m.filter.language")} all=${t("m.filter.language.all")} chosen=${library.languageFilter} choices=${["", ...LANGUAGES]} word=${languageName} />
      </div>
    </div>
    ${library.problem.value ? html`<${Strip} icon="off" action=${t("try_again")} onAction=${library.reload}>${library.rows.value ? t("m.list.stale") : problemText(library.problem.value)}<//>` : null}
    <${Reading} />
    ${left ? html`<${Strip} icon="info" action=${t("m.leftover.open")} onAction=${() => (left.article === NEW ? openNew() : void open(left.article, left.language))}>${t("m.leftover", { title: left.title || t("m.untitled") })}<//>` : null}
    <div class="pane__scroll list__scroll" ref=${list} onKeyDown=${onKey}>
      ${slow ? html`<${SkeletonRows} />` : null}
      ${library.rows.value && !rows.length && !library.more.value ? html`<${Nothing} />` : null}
      <div class="sd-list">${rows.map((row, i) => html`<${Article} key=${row.id} row=${row} current=${i === here} stop=${i === Math.max(0, here)} />`)}</div>
      ${library.more.value && !library.problem.value ? html`<${End} />` : null}
    </div>
  </section>`;
}
