/** What the page knows, as signals, and the requests that fill them. A failed request leaves the old numbers, with their time. */
import { get, put } from "../shared/api.js";
import { batch, computed, signal } from "../shared/preact.js";

/**
 * @typedef {import("./numbers.js").Report} Report
 * @typedef {import("./numbers.js").Check} Check
 * @typedef {{ key: string, name: string }} Site
 * @typedef {{ conversation: string, seq: number, article: string, language: string, source: string, name: string, right: boolean, at: string }} Label
 * @typedef {{ right: boolean, title: string | null, labels: Label[] }} Torn
 * @typedef {{ conversation: string, seq: number, at: string, question: string, outcome: string, article: string, title: string, certainty: number, people: string, reply: string, judged: boolean | null }} Compared
 * @typedef {{ on: boolean, decided: number, outcomes: Record<string, number>, answers: Record<string, number>, latest: Compared[] }} Shadow
 */

const FEW = 10;
const MANY = 200; // the most that the server gives
const STALE_MS = 60_000;

/** @type {import("../shared/preact.js").Signal<Site[] | null>} */
export const sites = signal(null);
/** @type {import("../shared/preact.js").Signal<Report[]>} */
const reports = signal([]);
/** The threshold that counts without a target. */
export const careful = signal(0);
/** @type {import("../shared/preact.js").Signal<Check[] | null>} */
export const checks = signal(null);
/** @type {import("../shared/preact.js").Signal<{ items: Torn[], total: number } | null>} */
export const torn = signal(null);
/** @type {import("../shared/preact.js").Signal<Shadow | null>} */
export const shadow = signal(null);
/** @type {import("../shared/preact.js").Signal<unknown>} */
export const problem = signal(null);
export const readAt = signal(0);

/** The site's key in the address; without one the first site. */
const asked = signal(fromAddress());
export const site = computed(() => sites.value?.find(({ key }) => key === asked.value) || sites.value?.[0] || null);
export const languages = computed(() => reports.value.filter((report) => report.site === site.value?.key));

function fromAddress() {
  try {
    return decodeURIComponent(/^#\/(.+)$/.exec(location.hash)?.[1] || "");
  } catch {
    return ""; // "%" with nothing behind it: no site is called so
  }
}

/** @param {string} key */
const at = (key) => `/api/v1/certainty/${encodeURIComponent(key)}`;

/** Everything about the chosen site. */
export async function read() {
  try {
    const [found, { items, careful: threshold }] = await Promise.all([get("/api/v1/sites"), get("/api/v1/certainty")]);
    batch(() => {
      sites.value = found.items;
      reports.value = items;
      careful.value = threshold;
    });
    const key = site.value?.key;
    if (key) {
      const [history, silent, contradicted] = await Promise.all([get(`${at(key)}/checks?limit=${checks.value && checks.value.length > FEW ? MANY : FEW}`), get(`${at(key)}/shadow?limit=${FEW}`), readTorn(key)]);
      if (key !== site.value?.key) return; // another one was chosen meanwhile
      batch(() => {
        checks.value = history.items;
        shadow.value = silent;
        torn.value = contradicted;
      });
    }
    readAt.value = Date.now();
    problem.value = null;
  } catch (error) {
    problem.value = error;
  }
}

/** @param {string} key */
async function readTorn(key) {
  const where = languages.value.filter((report) => report.contradictions);
  const found = await Promise.all(where.map(({ language }) => get(`${at(key)}/contradictions?language=${encodeURIComponent(language)}&limit=${FEW}`)));
  const items = found.flatMap((each) => each.items);
  return { items: items.sort((a, b) => latest(b) - latest(a)), total: found.reduce((sum, each) => sum + each.total, 0) };
}

/** @param {Torn} one */
const latest = ({ labels }) => Math.max(...labels.map((label) => Date.parse(label.at)));

/** More of what the page shows the first of: checks, or questions of the silent assistant. */
export async function readMoreChecks() {
  checks.value = (await get(`${at(site.value?.key || "")}/checks?limit=${MANY}`)).items;
}
export async function readMoreShadow() {
  shadow.value = await get(`${at(site.value?.key || "")}/shadow?limit=${MANY}`);
}

/** @param {string} key */
export function chooseSite(key) {
  history.replaceState(null, "", `#/${encodeURIComponent(key)}`);
  batch(() => {
    asked.value = key;
    checks.value = torn.value = shadow.value = null;
  });
  void read();
}

/** At most this share may be wrong; null takes it back. Without a language: all that have none of their own. @param {string} language @param {number | null} share */
export async function setTarget(language, share) {
  const key = site.value?.key || "";
  const { items } = await put(`${at(key)}/target`, { language, wrong_at_most: share });
  reports.value = [...reports.value.filter((report) => report.site !== key), ...items];
  void read(); // a target may bring a check
}

/** @param {boolean} on */
export async function setShadow(on) {
  await put(`${at(site.value?.key || "")}/shadow`, { on });
  await read();
}

/** Looks again when the page is looked at again. */
export function follow() {
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && Date.now() - readAt.value > STALE_MS && void read());
  addEventListener("hashchange", () => chooseSite(fromAddress()));
}
