/**
 * What was written and is not yet known to be kept by the server: sent in order, again under the same client id
 * after a lost line, and gone only with its ack. Whoever gives `keep` gets it back after a reload, and shares it with the
 * other tabs: any of them may send it, for the server knows a client id again.
 *
 * @typedef {{
 *   client_id: string, type: string, data: Record<string, any>, conversation?: string,
 *   at: number, state: "waiting" | "sent" | "failed", code?: string,
 * }} Item `at` is when it was written, as Date.now() counts.
 * @typedef {{ all: () => Item[], put: (item: Item) => void, drop: (client_id: string) => void }} Keep
 */

const ACK = 10_000; // ms without an ack: the socket cannot be trusted
const PAUSE = 2; // s, when the server asks for patience without saying how long
const OTHERS = 2_000; // ms that the tab in which it was written has to send it
const LATER = ["too_many", "unavailable", "storage"]; // codes that mean "again later"; all others are final

/** Random enough that two never meet; works without a secure context. */
export const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36).padStart(7, "0")).join("");

export class Outbox {
  /** @type {Item[]} */ items;
  #options;
  /** @type {Set<string>} */ #adopted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #others;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #patience;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #pause;

  /**
   * @param {{ send: (item: Item) => boolean, stalled: () => void, changed: () => void, keep?: Keep }} options
   *   `send` says whether it could write; `stalled` should open a new socket.
   */
  constructor(options) {
    this.#options = options;
    this.items = [];
    this.#share();
  }

  /** The line is up: sends what waits, also what a tab has left behind that is no more. */
  resume() {
    this.#share();
    this.flush();
  }

  /** Another tab has changed what is kept. */
  elsewhere() {
    this.#others ??= setTimeout(() => {
      this.#others = undefined;
      this.resume();
    }, OTHERS);
  }

  /** What is kept and not here comes in; what came so and is kept no more, another tab has sent or dropped. */
  #share() {
    const kept = this.#options.keep?.all() ?? [];
    const ids = kept.map(({ client_id }) => client_id);
    this.items = this.items.filter(({ client_id }) => !this.#adopted.has(client_id) || ids.includes(client_id));
    for (const item of kept) {
      if (this.#find(item.client_id)) continue;
      this.#adopted.add(item.client_id);
      this.items.push(item);
    }
    this.items.sort((a, b) => a.at - b.at);
    this.#options.changed();
  }

  /** @param {string} type @param {Record<string, any>} [data] @param {string} [conversation] @returns {Item} */
  add(type, data = {}, conversation) {
    const at = Math.max(Date.now(), 1 + (this.items.at(-1)?.at ?? 0)); // so that sorting by it keeps the order
    /** @type {Item} */
    const item = { client_id: newId(), type, data, conversation, at, state: "waiting" };
    this.items.push(item);
    this.#options.keep?.put(item);
    this.#options.changed();
    this.flush();
    return item;
  }

  /** Sends what waits, in order. Call it when the line is up. */
  flush() {
    if (this.#pause !== undefined) return;
    for (const item of this.items) {
      if (item.state !== "waiting") continue;
      if (!this.#options.send(item)) break;
      item.state = "sent";
      if (this.#patience === undefined) this.#wait();
    }
  }

  #wait() {
    this.#patience = setTimeout(() => {
      this.#patience = undefined;
      this.#options.stalled();
    }, ACK);
  }

  /** The line is gone: what has no ack goes again, in the old order. */
  lost() {
    this.#rest();
    clearTimeout(this.#pause);
    this.#pause = undefined;
    for (const item of this.items) if (item.state === "sent") item.state = "waiting";
    this.#options.changed();
  }

  /** It is committed (by its ack, or because its entry was seen). @param {string} client_id */
  acked(client_id) {
    const item = this.drop(client_id);
    this.#rest();
    if (this.items.some((other) => other.state === "sent")) this.#wait();
    return item;
  }

  /**
   * The server said no: for now, or for good. Returns the item that it was about.
   * @param {string} client_id @param {string} code @param {number | null} [after] seconds
   */
  refused(client_id, code, after) {
    const item = this.#find(client_id);
    if (!item) return undefined;
    if (LATER.includes(code)) {
      item.state = "waiting";
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        this.flush();
      }, (after || PAUSE) * 1000);
    } else {
      item.state = "failed";
      item.code = code;
      this.#options.keep?.put(item);
    }
    if (!this.items.some((other) => other.state === "sent")) this.#rest();
    this.#options.changed();
    return item;
  }

  /** The person wants a failed one tried again. @param {string} client_id */
  retry(client_id) {
    const item = this.#find(client_id);
    if (!item || item.state !== "failed") return;
    item.state = "waiting";
    this.#options.changed();
    this.flush();
  }

  /** @param {string} client_id */
  drop(client_id) {
    const item = this.#find(client_id);
    if (!item) return undefined;
    this.items.splice(this.items.indexOf(item), 1);
    this.#options.keep?.drop(client_id);
    this.#options.changed();
    return item;
  }

  /** @param {string} client_id */
  #find(client_id) {
    return this.items.find((item) => item.client_id === client_id);
  }

  #rest() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }
}
