/** A server that came back may be a newer one. The page goes on as it is; a quiet line offers the new one. */
import { signal } from "../shared/preact.js";

const SPREAD_MS = 5_000; // not every console at once, of a server that has just started

/** Another version of the console is served than the one that runs here. */
export const upgraded = signal(false);

const hashOf = (/** @type {string} */ text) => /\/assets\/(\w+)\//.exec(text)?.[1] || "";

/** Compares the address of our files with that on the page as it is served now. */
export function lookForUpgrade() {
  if (upgraded.value) return;
  setTimeout(async () => {
    try {
      const page = await fetch("/console", { cache: "no-store" });
      const served = page.ok ? hashOf(await page.text()) : "";
      if (served && served !== hashOf(import.meta.url)) upgraded.value = true;
    } catch {
      // the line is gone again; the next one looks again
    }
  }, Math.random() * SPREAD_MS);
}
