/** How far the assistant is with what was published: asked for now and then, more often while there is something to see. */
import { html, signal, useEffect } from "../shared/preact.js";
import { Strip } from "../shared/staff/parts.js";
import { t } from "../shared/staff/strings.js";
import { knowledge } from "./articles.js";

const BUSY_MS = 2000;
const QUIET_MS = 30_000;

/** @type {import("../shared/preact.js").Signal<import("./articles.js").Knowledge | null>} */
const state = signal(null);

/** Asks again and again until the page goes; a server that says nothing is asked later. */
function useKnowledge() {
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = new AbortController();
    const ask = async () => {
      if (!document.hidden) {
        try {
          state.value = await knowledge(stop.signal);
        } catch {
          state.value = null;
        }
      }
      if (!stop.signal.aborted) timer = setTimeout(ask, unread(state.value) ? BUSY_MS : QUIET_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, []);
  return state.value;
}

/** The model that still reads, with its progress. @param {import("./articles.js").Knowledge | null} known */
const unread = (known) => (known && [known.then, known.now].find((each) => each && each.done < each.total)) || null;

export function Reading() {
  const known = useKnowledge();
  const model = unread(known);
  if (!model) return null;
  const { done, total } = model;
  return html`<${Strip} icon="info"><span>${t(known?.then ? "m.reading.model" : "m.reading", { done, total })}</span><progress class="reading" value=${done} max=${total} aria-hidden="true"></progress><//>`;
}
