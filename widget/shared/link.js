/**
 * One socket that stays up: says hello, beats, notices a dead line and comes back by itself.
 * Knows nothing of pages or of what the frames mean; `wake.js` ties it to a page.
 *
 * @typedef {import("./wire.d.ts").ServerFrame} ServerFrame
 * @typedef {"idle" | "connecting" | "online" | "waiting" | "stopped"} LinkStatus
 * @typedef {{
 *   url: string,
 *   hello: () => Record<string, unknown>,
 *   onFrame: (frame: ServerFrame) => void,
 *   onStatus?: (status: LinkStatus, link: Link) => void,
 *   onClose?: (code: number) => boolean | void,
 *   watched?: () => boolean,
 * }} LinkOptions `onClose` returning false ends it for good (status `stopped`). `watched`: somebody waits for it to come back.
 */

const BEAT = 20_000; // ms between pings
const PATIENCE = 10_000; // ms without a word after a ping, or without a welcome: the line is dead
const FIRST = 1_000; // ms: the first wait is between 0 and this, then twice as much each time
const LONGEST = 30_000; // ms: the longest such wait
const WATCHED = 12_000; // ms: the same while somebody looks at it
const RESTART = 5_000; // ms: a server that restarts (1012) gets its clients back spread over this
const FULL = 2_000; // ms: the least wait for a server that has no room (1013), when it does not say how long
const SLEPT = 90_000; // ms without a word by the wall clock: we slept, the line cannot be trusted. Hidden tabs beat once a minute

export class Link {
  /** @type {LinkStatus} */ status = "idle";
  /** When the next try is due, as performance.now() counts (a clock that is set must not move it); 0 unless waiting. */
  retryAt = 0;
  /** Tries since the last welcome. */
  attempts = 0;
  #options;
  #heard = 0;
  #least = 0;
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #watch;

  /** @param {LinkOptions} options */
  constructor(options) {
    this.#options = options;
  }

  start() {
    if (this.status === "idle" || this.status === "stopped") this.#connect();
  }

  /** Closes for good; `start` begins again. */
  stop() {
    this.#drop();
    this.#turn("stopped");
  }

  /** A new socket at once: the old one cannot be trusted, or the person asked. */
  restart() {
    if (this.status === "idle" || this.status === "stopped") return;
    this.#drop();
    this.#connect();
  }

  /** The line is known to be gone (the system said that it is offline). */
  lost() {
    if (this.status === "connecting" || this.status === "online") this.#retry();
  }

  /** The page is put aside: no line, and no tries, until it wakes. */
  rest() {
    if (this.status === "idle" || this.status === "stopped") return;
    this.#drop();
    this.#turn("waiting");
  }

  /** The page is back in front or the network has changed: is the line still alive? */
  wake() {
    if (this.status === "waiting" || (this.status === "online" && Math.abs(Date.now() - this.#heard) > SLEPT)) this.restart();
    else if (this.status === "online") this.#beat();
  }

  /**
   * Writes one frame if the line is up; false means that nothing was sent.
   * @param {string} type @param {object} [data] @param {string} [conversation]
   */
  send(type, data, conversation) {
    if (this.status !== "online" || !this.#socket || this.#socket.readyState !== 1) return false;
    this.#write(type, data, conversation);
    return true;
  }

  /** @param {string} type @param {object} [data] @param {string} [conversation] */
  #write(type, data, conversation) {
    this.#socket?.send(JSON.stringify({ v: 1, type, conversation, data }));
  }

  #connect() {
    clearTimeout(this.#timer);
    this.retryAt = 0;
    this.attempts += 1;
    /** @type {WebSocket} */
    let socket;
    try {
      socket = new WebSocket(this.#options.url);
    } catch {
      this.#retry();
      return;
    }
    this.#socket = socket;
    const mine = () => this.#socket === socket;
    this.#watch = setTimeout(() => mine() && this.#retry(), PATIENCE);
    socket.onopen = () => mine() && this.#write("hello", this.#options.hello());
    socket.onclose = ({ code }) => {
      if (!mine()) return;
      if (this.#options.onClose?.(code) === false) this.stop();
      else this.#retry(code === 1012 ? RESTART : 0, code === 1013 ? this.#least || FULL : 0);
    };
    socket.onmessage = ({ data }) => {
      /** @type {ServerFrame[]} one frame, or several in a list */
      let frames;
      try {
        frames = [JSON.parse(String(data))].flat();
      } catch {
        return;
      }
      for (const frame of frames) if (mine()) this.#receive(frame);
      if (mine()) this.#alive();
    };
    this.#turn("connecting");
  }

  /** @param {ServerFrame} frame */
  #receive(frame) {
    const socket = this.#socket;
    if (frame.type === "error" && !frame.data.client_id) this.#least = (frame.data.retry_after || 0) * 1000;
    if (frame.type !== "pong") this.#options.onFrame(frame);
    if (!frame.type.endsWith("welcome") || this.#socket !== socket) return; // whoever heard it may have wanted another line
    this.attempts = this.#least = 0;
    this.#turn("online"); // after the frame: what waits is sent by who knows the welcome
  }

  /** Every word from the server proves the line; the next ping is due a beat later. */
  #alive() {
    this.#heard = Date.now();
    clearTimeout(this.#watch);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beat(), BEAT);
  }

  #beat() {
    clearTimeout(this.#watch);
    clearTimeout(this.#timer);
    if (!this.send("ping")) return this.#retry();
    this.#watch = setTimeout(() => this.restart(), PATIENCE);
  }

  /** @param {number} [spread] ms @param {number} [least] ms */
  #retry(spread = 0, least = 0) {
    this.#drop();
    const wait = least + Math.random() * (spread || Math.min(this.#options.watched?.() ? WATCHED : LONGEST, FIRST * 2 ** Math.max(0, this.attempts - 1)));
    this.retryAt = performance.now() + wait;
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#turn("waiting");
  }

  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    this.retryAt = 0;
    socket?.close();
  }

  /** @param {LinkStatus} status */
  #turn(status) {
    this.status = status;
    this.#options.onStatus?.(status, this);
  }
}
