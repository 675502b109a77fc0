/** The company whose widget the preview shows: its name and its colour, where the session tells them. */
import { get } from "../shared/api.js";
import { signal } from "../shared/preact.js";

export const site = signal({ name: "", brand: "" });

export async function readSite() {
  const answer = await get("/api/v1/session", { quiet: true }).catch(() => null);
  if (answer?.site) site.value = { name: String(answer.site.name || ""), brand: /^#[0-9a-f]{3,8}$/i.test(answer.site.brand || "") ? answer.site.brand : "" };
}
