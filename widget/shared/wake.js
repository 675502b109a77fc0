/** Ties a Link to the page: phones sleep, tabs go to the back, networks change, and none of it may need a reload. */

/**
 * @param {{ wake: () => void, lost: () => void }} link
 * @returns {() => void} unties it
 */
export function wakeWithPage(link) {
  const done = new AbortController();
  const { signal } = done;
  document.addEventListener("visibilitychange", () => document.hidden || link.wake(), { signal });
  addEventListener("pageshow", () => link.wake(), { signal });
  addEventListener("online", () => link.wake(), { signal });
  addEventListener("offline", () => link.lost(), { signal });
  return () => done.abort();
}
