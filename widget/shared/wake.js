/** Ties a Link to the page: phones sleep, tabs go to the back, networks change, and none of it may need a reload. */

/**
 * A page that is put aside whole, to come back as it was, or frozen, gives its line up: an open one would keep the browser
 * from putting it aside, and would be dead when it comes back.
 * @param {{ wake: () => void, lost: () => void, rest: () => void }} link @param {AbortSignal} [signal] unties it
 */
export function wakeWithPage(link, signal) {
  const wake = () => link.wake();
  document.addEventListener("visibilitychange", () => document.hidden || wake(), { signal });
  document.addEventListener("resume", wake, { signal });
  for (const name of ["pageshow", "online"]) addEventListener(name, wake, { signal });
  document.addEventListener("freeze", () => link.rest(), { signal });
  addEventListener("pagehide", () => link.rest(), { signal });
  addEventListener("offline", () => link.lost(), { signal });
}
