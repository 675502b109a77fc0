/** The director's page on certainty: how often answers may be wrong, what labels prove, and the assistant on trial. */
import { html, useEffect } from "../shared/preact.js";
import { Empty, Strip, useSlow } from "../shared/staff/parts.js";
import { may } from "../shared/staff/session.js";
import { Shell, problemText, start } from "../shared/staff/shell.js";
import { clock, t } from "../shared/staff/strings.js";
import { Checks } from "./checks.js";
import { Disagreements } from "./disagreements.js";
import { Languages } from "./languages.js";
import { chooseSite, follow, languages, problem, read, readAt, site, sites } from "./reading.js";
import { Silent } from "./silent.js";

const Loading = () => html`<div role="status"><span class="sd-sr">${t("loading")}</span>${[180, 120, 120].map((height, i) => html`<span key=${i} class="sd-skel skelcard" style=${{ height: `${height}px` }}></span>`)}</div>`;

function Chooser() {
  const all = sites.value || [];
  if (all.length < 2) return site.value ? html`<span class="sd-muted sd-trunc">${site.value.name}</span>` : null;
  return html`<select class="sd-input sd-select page__site" aria-label=${t("c.site")} value=${site.value?.key} onChange=${(/** @type {Event} */ event) => chooseSite(/** @type {HTMLSelectElement} */ (event.target).value)}>${all.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}</select>`;
}

function Body() {
  const slow = useSlow(!sites.value && !problem.value);
  if (!may("director")) return html`<${Empty} icon="target" title=${t("c.not_yours")}><p>${t("c.not_yours.text")}</p><//>`;
  const failed = problem.value ? html`<${Strip} kind=${readAt.value ? undefined : "danger"} icon="off" action=${t("try_again")} onAction=${read}>${problemText(problem.value)} ${readAt.value ? t("c.stale", { time: clock(readAt.value) }) : ""}<//>` : null;
  if (!sites.value) return failed || (slow ? html`<${Loading} />` : null);
  if (!site.value) return html`${failed}<${Empty} icon="globe" title=${t("c.no_site")}><p>${t("c.no_site.text")}</p><//>`;
  return html`${failed}${languages.value.length ? html`<${Languages} />` : null}<${Checks} key=${`c ${site.value.key}`} /><${Disagreements} /><${Silent} key=${`s ${site.value.key}`} />`;
}

function App() {
  useEffect(() => {
    if (!may("director")) return;
    follow();
    void read();
  }, []);
  return html`<${Shell} here="certainty" skip="certainty" keys=${[{ keys: ["?"], text: t("key.help") }]} class="certainty">
    <main class="page" id="certainty" tabindex="-1"><div class="page__in">
      <header class="page__head"><h1>${t("rail.certainty")}</h1><${Chooser} /><p class="page__about">${t("c.about")}</p></header>
      <${Body} />
    </div></main>
  <//>`;
}

void start(App, { strings: (code) => import(`./strings/${code}.js`) });
