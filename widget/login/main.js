/** The login page of all staff apps. Leads on to `next`, but only within this origin. */
import { Problem } from "../shared/api.js";
import { html, render, useEffect, useLayoutEffect, useRef, useState } from "../shared/preact.js";
import { Icon } from "../shared/staff/parts.js";
import { prefer, preferences } from "../shared/staff/preferences.js";
import { afterLogin, logIn, resume } from "../shared/staff/session.js";
import { LANGUAGES, choose, language, ownName, speak, t } from "../shared/staff/strings.js";

const next = () => new URLSearchParams(location.search).get("next");

/** @param {import("../shared/staff/session.js").Account} who */
const goOn = (who) => location.replace(afterLogin(next(), who.role));

/** @param {unknown} problem @param {number} left seconds */
function faultText(problem, left) {
  if (!(problem instanceof Problem)) return t("problem.unknown");
  if (problem.code === "too_many" || problem.status === 429) return left > 0 ? t("login.too_many", { n: left }) : t("login.again_now");
  if (problem.code === "bad_credentials" || problem.status === 401) return t("login.wrong");
  if (problem.code === "offline") return t("problem.offline");
  return problem.body.detail || t("problem.unknown");
}

function Login() {
  language.value;
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [missing, setMissing] = useState(/** @type {"" | "email" | "password"} */ (""));
  const [left, setLeft] = useState(0);
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  const second = useRef(/** @type {HTMLInputElement | null} */ (null));

  useLayoutEffect(() => first.current?.focus(), []); // whoever types at once is not moved away from another field
  useEffect(() => {
    document.title = `${t("login.title")} · Svardesk`;
  }, [language.value]);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (busy || left > 0) return;
    const empty = !email.trim() ? "email" : !password ? "password" : "";
    setMissing(empty);
    if (empty) return (empty === "email" ? first : second).current?.focus();
    setBusy(true);
    setProblem(null);
    try {
      goOn(await logIn(email.trim(), password));
    } catch (fault) {
      setProblem(fault);
      setBusy(false);
      if (fault instanceof Problem && fault.status === 429) setLeft(Math.max(1, Math.ceil(fault.retryAfter || 30)));
      else if (fault instanceof Problem && fault.status === 401) second.current?.select();
    }
  }

  const fault = problem ? faultText(problem, left) : "";
  return html`<div class="login"><main class="sd-card login__card">
    <header class="login__head"><div class="login__mark"><svg viewBox="0 0 24 24" fill="none" aria-hidden="true"><path d="M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H13l-5 4.5V16H6.5A2.5 2.5 0 0 1 4 13.5z" fill="currentColor" /><path d="m8.2 9.7 2.6 2.5 5-5" stroke="var(--sd-surface)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" /></svg>Svardesk</div>
      <h1>${t("login.title")}</h1><p class="sd-muted">${t(next() ? "login.back" : "login.intro")}</p></header>
    <form class="login__form" onSubmit=${submit} novalidate>
      ${fault ? html`<p class=${`sd-note ${left > 0 ? "sd-note--warn" : "login__fault"}`} role="alert" id="fault"><${Icon} name="warn" /><span>${fault}</span></p>` : null}
      <div class="sd-field"><label for="email">${t("login.email")}</label><input ref=${first} id="email" class="sd-input" type="email" name="email" autocomplete="username" autocapitalize="none" spellcheck="false" value=${email} aria-invalid=${missing === "email" ? "true" : undefined} aria-describedby=${missing === "email" ? "email-help" : undefined} onInput=${(/** @type {Event} */ event) => setEmail(/** @type {HTMLInputElement} */ (event.target).value)} />${missing === "email" ? html`<p class="sd-help sd-help--error" id="email-help">${t("login.email.missing")}</p>` : null}</div>
      <div class="sd-field"><label for="password">${t("login.password")}</label><div class="login__secret"><input ref=${second} id="password" class="sd-input" type=${seen ? "text" : "password"} name="password" autocomplete="current-password" autocapitalize="none" spellcheck="false" value=${password} aria-invalid=${missing === "password" ? "true" : undefined} aria-describedby=${missing === "password" ? "password-help" : undefined} onInput=${(/** @type {Event} */ event) => setPassword(/** @type {HTMLInputElement} */ (event.target).value)} /><button type="button" class="sd-btn sd-btn--quiet sd-btn--sm" aria-pressed=${seen} aria-label=${t("login.show")} onClick=${() => setSeen(!seen)}>${t(seen ? "login.hide.short" : "login.show.short")}</button></div>${missing === "password" ? html`<p class="sd-help sd-help--error" id="password-help">${t("login.password.missing")}</p>` : null}</div>
      <button type="submit" class="sd-btn sd-btn--primary sd-btn--lg sd-btn--block" disabled=${busy || left > 0} aria-busy=${busy}>${busy ? t("login.busy") : t("log_in")}</button>
    </form>
  </main>
  <footer class="login__foot"><${Icon} name="globe" size="sm" /><select class="sd-input sd-select" aria-label=${t("settings.language")} value=${language.value} onChange=${(/** @type {Event} */ event) => {
    const chosen = /** @type {import("../shared/staff/strings.js").Language} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    prefer({ language: chosen });
    speak(chosen);
  }}>${LANGUAGES.map((code) => html`<option value=${code} lang=${code}>${ownName(code)}</option>`)}</select></footer></div>`;
}

await speak(choose([preferences.value.language, ...navigator.languages])).catch(() => {});
// who is logged in already has no business here; any problem just shows the form
await resume().then(goOn, () => render(html`<${Login} />`, /** @type {HTMLElement} */ (document.getElementById("app"))));
