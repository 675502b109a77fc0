/** The server's time as a signal that moves every few seconds: waits and ages on the screen follow it. */
import { computed, signal } from "../shared/preact.js";
import { skew } from "./state.js";

const STEP_MS = 5_000;

const ours = signal(Date.now());
export const now = computed(() => ours.value + skew.value);

setInterval(() => {
  if (!document.hidden) ours.value = Date.now();
}, STEP_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ours.value = Date.now();
});
