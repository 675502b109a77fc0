/** The few words that are needed before the panel is opened, and which language they are in. */

/** @type {Record<string, { open: string, unread: string, hide: string }>} */
export const labels = {
  en: { open: "Open chat", unread: "unread", hide: "Hide" },
  da: { open: "Åbn chat", unread: "ulæste", hide: "Skjul" },
  sv: { open: "Öppna chatten", unread: "olästa", hide: "Dölj" },
  nb: { open: "Åpne chat", unread: "uleste", hide: "Skjul" },
  nn: { open: "Opne chat", unread: "ulesne", hide: "Skjul" },
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
