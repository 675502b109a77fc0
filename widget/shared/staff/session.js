/** Who is logged in, and what happens when that ends: drafts stay, the way back leads through the login page. */
import { get, onSignedOut, post, remove, useCsrf } from "../api.js";
import { signal } from "../preact.js";

/**
 * @typedef {object} Account
 * @property {string} id
 * @property {string} name
 * @property {string} email
 * @property {"agent" | "knowledge_manager" | "director" | "admin"} role
 * @property {string} language
 */

/** @type {import("../preact.js").Signal<Account | null>} */
export const account = signal(null);
/** True once the server has said that the session is over; the screen stays, so that nothing written is lost. */
export const signedOut = signal(false);

onSignedOut(() => {
  if (account.value) signedOut.value = true;
});

/** Whether this account has one of the roles; an admin has all. The server decides, this only spares dead buttons. @param {...Account["role"]} roles */
export const may = (...roles) => account.value?.role === "admin" || roles.includes(/** @type {Account["role"]} */ (account.value?.role));

/** @param {{ account: Account, csrf: string }} session */
function enter(session) {
  useCsrf(session.csrf);
  account.value = session.account;
  signedOut.value = false;
  return session.account;
}

/** The running session; a Problem of status 401 when there is none. */
export const resume = async () => enter(await get("/api/v1/session", { quiet: true }));

/** @param {string} email @param {string} password */
export const logIn = async (email, password) => enter(await post("/api/v1/session", { email, password }, { quiet: true }));

export async function logOut() {
  await remove("/api/v1/session");
  account.value = null;
  location.assign("/login");
}

/** The login page, which leads back to where we are now. */
export function loginAddress() {
  return `/login?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
}

/**
 * Where to go after logging in. Only a path on this origin: anything else would let a link send people away.
 * @param {string | null} next @param {Account["role"]} role
 */
export function afterLogin(next, role) {
  if (next && /^\/(?![/\\])/.test(next)) {
    try {
      const address = new URL(next, location.origin);
      if (address.origin === location.origin && address.pathname !== "/login") return address.pathname + address.search + address.hash;
    } catch {
      // not an address at all: go home
    }
  }
  return role === "knowledge_manager" ? "/manager" : "/console";
}
