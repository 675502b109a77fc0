/** The settings of one person on one machine, and the list of keys. */
import { html, useState } from "../preact.js";
import { Dialog } from "./dialog.js";
import { prefer, preferences } from "./preferences.js";
import { LANGUAGES, language, ownName, speak, t } from "./strings.js";

/** @param {{ id: string, label: string, help?: string, checked: boolean, onChange: (on: boolean) => void, disabled?: boolean }} props */
export const Switch = ({ id, label, help, checked, onChange, disabled }) =>
  html`<div class="setting"><div><label for=${id}>${label}</label>${help ? html`<p class="sd-help" id=${`${id}-help`}>${help}</p>` : null}</div>
    <input class="sd-switch" id=${id} type="checkbox" role="switch" checked=${checked} disabled=${disabled} aria-describedby=${help ? `${id}-help` : undefined} onChange=${(/** @type {Event} */ event) => onChange(/** @type {HTMLInputElement} */ (event.target).checked)} /></div>`;

/** @param {{ onClose: () => void, alerts?: boolean }} props alerts: this app has sounds and notifications */
export function Settings({ onClose, alerts }) {
  const { theme, sound, notifications, letters } = preferences.value;
  const [refused, setRefused] = useState(false);
  const able = "Notification" in globalThis;

  /** The only place that asks the browser for permission. @param {boolean} on */
  async function notify(on) {
    const allowed = on && able && (await Notification.requestPermission()) === "granted";
    setRefused(on && !allowed);
    prefer({ notifications: allowed });
  }

  return html`<${Dialog} title=${t("settings")} onClose=${onClose} class="settings">
    <div class="setting"><span id="set-language">${t("settings.language")}</span>
      <select class="sd-input sd-select" aria-labelledby="set-language" value=${language.value} onChange=${(/** @type {Event} */ event) => {
        const chosen = /** @type {import("./strings.js").Language} */ (/** @type {HTMLSelectElement} */ (event.target).value);
        prefer({ language: chosen });
        speak(chosen);
      }}>${LANGUAGES.map((code) => html`<option value=${code} lang=${code}>${ownName(code)}</option>`)}</select></div>
    <div class="setting"><span id="set-theme">${t("settings.theme")}</span>
      <div class="sd-seg" role="group" aria-labelledby="set-theme">${/** @type {const} */ (["system", "light", "dark"]).map((name) => html`<button type="button" aria-pressed=${theme === name} onClick=${() => prefer({ theme: name })}>${t(`settings.theme.${name}`)}</button>`)}</div></div>
    ${alerts
      ? html`<${Switch} id="set-sound" label=${t("settings.sound")} help=${t("settings.sound.help")} checked=${sound} onChange=${(/** @type {boolean} */ on) => prefer({ sound: on })} />
          <${Switch} id="set-notify" label=${t("settings.notifications")} help=${refused || !able ? t("settings.notifications.refused") : t("settings.notifications.help")} checked=${notifications} disabled=${!able} onChange=${notify} />`
      : null}
    <${Switch} id="set-letters" label=${t("settings.letters")} help=${t("settings.letters.help")} checked=${letters} onChange=${(/** @type {boolean} */ on) => prefer({ letters: on })} />
  <//>`;
}

/** @typedef {{ keys: string[], text: string }} KeyLine keys: names to show, "+" joins what is held together */

/** @param {{ onClose: () => void, lines: KeyLine[] }} props */
export const Keys = ({ onClose, lines }) =>
  html`<${Dialog} title=${t("help.keys")} onClose=${onClose} class="keys">
    <dl>${lines.map(
      ({ keys, text }) => html`<div><dt>${keys.map((combination) => html`<span class="keys__one">${combination.split("+").map((key) => html`<kbd class="sd-kbd">${key}</kbd>`)}</span>`)}</dt><dd>${text}</dd></div>`,
    )}</dl>
    <p class="sd-help">${preferences.value.letters ? t("help.keys.letters") : t("help.keys.off")}</p>
  <//>`;
