/** Ties a Link to the page: phones sleep, tabs go to the back, networks change, and none of it may need a reload. */

/** @param {{ wake: () => void, lost: () => void }} link @param {AbortSignal} [signal] unties it */
export function wakeWithPage(link, signal) {
  const wake = () => document.hidden || link.wake();
  document.addEventListener("visibilitychange", wake, { signal });
  for (const name of ["pageshow", "online"]) addEventListener(name, wake, { signal });
  addEventListener("offline", () => link.lost(), { signal });
}
