/** The company whose widget the preview shows: its name and its colour. With several sites it is the first one. */
import { get } from "../shared/api.js";
import { signal } from "../shared/preact.js";

export const site = signal({ name: "", brand: "" });

export async function readSite() {
  const answer = await get("/api/v1/sites", { quiet: true }).catch(() => null);
  const first = answer?.items?.[0];
  if (!first) return;
  site.value = { name: String(first.name || ""), brand: /^#[0-9a-f]{3,8}$/i.test(first.brand || "") ? first.brand : "" };
}
