/**
 * HTTP to our own server: JSON both ways, the CSRF header, problem documents (RFC 9457) as one kind of error, retries.
 *
 * Reads are tried again up to three times when the network or the server is away. Writes are sent once: whoever wants one
 * repeated gives it a client id and sends it again.
 */

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const AWAY = new Set([502, 503, 504]);
const TRIES = 3;

let csrf = "";
/** @type {() => void} */
let signedOut = () => {};

/** The token that unsafe calls carry; it comes with the session. @param {string} token */
export function useCsrf(token) {
  csrf = token;
}

/** Called when any answer says that the session is over. @param {() => void} handler */
export function onSignedOut(handler) {
  signedOut = handler;
}

/** What went wrong: `code` is stable (`offline` when no answer came), `body` has the problem's own fields. */
export class Problem extends Error {
  /** @param {string} code @param {number} status @param {Record<string, any>} [body] @param {number} [retryAfter] seconds */
  constructor(code, status, body = {}, retryAfter = 0) {
    super(body.detail || body.title || code);
    this.code = code;
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {string | null} header seconds or an HTTP date @returns {number} seconds */
function secondsOf(header) {
  if (!header) return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  return Math.max(0, (Date.parse(header) - Date.now()) / 1000 || 0);
}

/**
 * @param {string} method
 * @param {string} path on this origin
 * @param {unknown} [body]
 * @param {{ signal?: AbortSignal, quiet?: boolean }} [options] quiet: a 401 is an answer here, not the end of the session
 * @returns {Promise<any>} the parsed answer, null when it has no body
 */
export async function call(method, path, body, options = {}) {
  const tries = UNSAFE.has(method) ? 1 : TRIES;
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(method, path, body, options);
    } catch (error) {
      const away = error instanceof Problem && (error.code === "offline" || AWAY.has(error.status));
      if (!away || attempt >= tries || options.signal?.aborted) throw error;
      await pause(Math.max(error.retryAfter * 1000, 400 * 2 ** attempt * Math.random()));
    }
  }
}

/** @param {string} method @param {string} path @param {unknown} body @param {{ signal?: AbortSignal, quiet?: boolean }} options */
async function once(method, path, body, options) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (UNSAFE.has(method) && csrf) headers["X-CSRF-Token"] = csrf;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: options.signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem("offline", 0);
  }
  let text = "";
  try {
    text = await answer.text();
  } catch {
    throw new Problem("offline", 0); // cut off in the middle: as good as no answer
  }
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    if (answer.ok) throw new Problem("bad_answer", answer.status);
  }
  if (answer.ok) return data;
  if (answer.status === 401 && !options.quiet) signedOut();
  throw new Problem(
    String(data?.code || `http_${answer.status}`),
    answer.status,
    data || {},
    secondsOf(answer.headers.get("Retry-After")) || Number(data?.retry_after) || 0,
  );
}

/** @param {string} path @param {{ signal?: AbortSignal, quiet?: boolean }} [options] */
export const get = (path, options) => call("GET", path, undefined, options);
/** @param {string} path @param {unknown} [body] @param {{ signal?: AbortSignal, quiet?: boolean }} [options] */
export const post = (path, body, options) => call("POST", path, body ?? {}, options);
/** @param {string} path @param {unknown} body @param {{ signal?: AbortSignal, quiet?: boolean }} [options] */
export const put = (path, body, options) => call("PUT", path, body, options);
/** @param {string} path @param {unknown} body @param {{ signal?: AbortSignal, quiet?: boolean }} [options] */
export const patch = (path, body, options) => call("PATCH", path, body, options);
/** @param {string} path @param {{ signal?: AbortSignal, quiet?: boolean }} [options] */
export const remove = (path, options) => call("DELETE", path, undefined, options);
