/** Everything that comes with the first opening, or when an earlier visitor is back; one request, joined when it is served. */
import { Panel } from "./panel.js";
import { Talk } from "./talk.js";
import { Words } from "./words.js";

/**
 * The conversation, in a dressed shadow root. Constructed sheets need nothing of the page's style-src; fetching them needs
 * the connect-src that the socket needs anyway.
 * @param {import("./app.d.ts").App} app
 */
export async function listen(app) {
  const styles = await fetch(new URL("./opened.css", import.meta.url));
  if (!styles.ok) throw new Error(`opened.css: ${styles.status}`);
  app.root.adoptedStyleSheets.push(await new CSSStyleSheet().replace(await styles.text()));
  return new Talk(app);
}

/** @param {import("./app.d.ts").App} app @param {Talk} talk */
export const open = async (app, talk) => new Panel(app, talk, await Words.load(app.language));
