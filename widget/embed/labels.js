/** The few words that are needed before the panel is opened, and which language they are in. */

/** @type {Record<string, { open: string, one: string, many: string, hide: string }>} */
export const labels = {
  en: { open: "Open chat", one: "Open chat, 1 unread", many: "Open chat, {n} unread", hide: "Hide" },
  da: { open: "Åbn chat", one: "Åbn chat, 1 ulæst", many: "Åbn chat, {n} ulæste", hide: "Skjul" },
  sv: { open: "Öppna chatten", one: "Öppna chatten, 1 oläst", many: "Öppna chatten, {n} olästa", hide: "Dölj" },
  nb: { open: "Åpne chat", one: "Åpne chat, 1 ulest", many: "Åpne chat, {n} uleste", hide: "Skjul" },
  nn: { open: "Opne chat", one: "Opne chat, 1 ulesen", many: "Opne chat, {n} ulesne", hide: "Skjul" },
};

/**
 * The first of these that we speak: asked for, the page's, the browser's. Norwegian without a form is bokmål.
 * @param {(string | null | undefined)[]} asked
 */
export function pickLanguage(...asked) {
  for (const wish of [...asked, document.documentElement.lang, ...navigator.languages]) {
    const language = (wish ?? "").toLowerCase().split(/[-_]/)[0].replace(/^no$/, "nb");
    if (language in labels) return language;
  }
  return "en";
}
