/**
 * The customer's conversation as this tab knows it: what arrived, what waits to be sent, who is there. No elements in
 * here; the panel draws what it reads.
 * @typedef {import("../shared/outbox.js").Item} Item
 */
import { Feed } from "../shared/feed.js";
import { Link } from "../shared/link.js";
import { Outbox } from "../shared/outbox.js";
import { Shelf } from "../shared/shelf.js";
import { wakeWithPage } from "../shared/wake.js";
import { receive } from "./receive.js";
import { elsewhere, oneAtATime } from "./tabs.js";
import { see } from "./unread.js";

const TYPING_EVERY = 3_000; // ms between two of our own
const BACK = 4_000; // ms that "back again" is shown
const AWAY = 1_000; // ms that a line may take to come back before we say that it is gone
const WINDOW = 100; // entries that a screen begins with; older ones when they are asked for

export class Talk {
  feed = new Feed();
  conversation = "";
  /** @type {import("../shared/wire.d.ts").State | null} */ state = null;
  /** The place in line, when it was told, and whether the line was gone since. @type {(import("../shared/wire.d.ts").Queue & { at: number, past?: boolean }) | null} */ queue = null;
  /** The first one. @type {Talk["queue"]} */ firstPlace = null;
  /** @type {{ who: string, name: string, busy: boolean } | null} */ typist = null;
  staff = { seen: 0, delivered: 0, at: 0 };
  people = true;
  survey = 0;
  /** True once what was said before is here: from then on entries are news. */
  settled = false;
  /** The visitor chose to begin another conversation after a resolved one. */
  fresh = false;
  /** Why the last e-mail address was not taken. */
  emailError = "";
  /** There was a conversation to find again, and it is not here yet. */
  get loading() {
    return this.returning && !this.settled;
  }
  /** Never online since the panel was made: nothing was lost yet. */
  wasOnline = false;
  /** The line is gone, and not just for a moment. */
  away = false;
  /** The token of this socket. @type {string | null} */ token = null;
  /** An older page has come. */
  older = false;
  /** The newest numbers that the server knows to be seen and to be here, and the newest that the launcher told of. */
  seenSent = 0;
  told = 0;
  teased = 0;
  backUntil = 0;
  changed = () => {};
  epoch = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ typistTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ gapTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ telling;
  #typedAt = 0;
  #end = new AbortController();
  /** @type {(() => void) | undefined} */ #free;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #losing;

  /** @param {import("./app.d.ts").App} app */
  constructor(app) {
    this.app = app;
    this.shelf = new Shelf(`svardesk:${app.options.site}`);
    this.link = new Link({
      url: `${app.origin.replace(/^http/, "ws")}/ws/customer/${encodeURIComponent(app.options.site)}`,
      hello: () => this.#hello(),
      onFrame: (frame) => receive(this, frame),
      onStatus: (status) => this.#status(status),
      onClose: (code) => {
        if (code === 4003) this.#forget();
      },
      watched: () => app.visible && !document.hidden,
    });
    this.outbox = new Outbox({
      send: ({ type, data, client_id }) => this.link.send(type, { ...data, client_id }),
      stalled: () => this.link.restart(),
      changed: () => this.changed(),
      keep: {
        all: () => this.shelf.keys("out:").map((key) => JSON.parse(this.shelf.get(key) ?? "{}")).filter((item) => item.client_id),
        put: (item) => this.shelf.set(`out:${item.client_id}`, JSON.stringify(item)),
        drop: (id) => this.shelf.set(`out:${id}`, null),
      },
    });
    this.returning = !!this.shelf.get("token") || this.outbox.items.length > 0;
    if (this.returning) this.shelf.allow();
    const { signal } = this.#end;
    wakeWithPage(this.link, signal);
    this.shelf.listen((key, value) => elsewhere(this, key, value), signal);
    document.addEventListener("visibilitychange", () => this.see(), { signal });
    if (this.returning) this.#join();
  }

  /** Without a token, in turn with the other tabs. */
  #join() {
    const start = () => this.#end.signal.aborted || this.link.start();
    if (this.shelf.get("token")) start();
    else this.#free ??= oneAtATime(`svardesk:${this.app.options.site}`, start);
  }

  get status() {
    return this.state?.status ?? "bot";
  }

  /** The visitor has opened the panel: now storage and socket are right. */
  begin() {
    this.shelf.allow();
    if (this.link.status === "idle") this.#join();
    else this.link.wake(); // it may wait for long, or be dead: nobody was looking
    this.see();
  }

  /** @param {boolean} [forget] */
  end(forget) {
    this.#end.abort();
    this.#free?.();
    if (forget) this.link.send("revoke");
    this.link.stop();
    this.outbox.lost();
    if (forget) this.shelf.clear();
  }

  /** @param {string} text @param {string} [article] */
  say(text, article) {
    this.outbox.add("say", { text, ...(article && { article }), ...this.#begins() });
    this.#typedAt = 0;
  }

  /** Only the first of several begins another conversation. */
  #begins() {
    return this.fresh && !this.pending("say") && { new: true };
  }

  requestHuman() {
    this.begin();
    if (!this.pending("request_human")) this.outbox.add("request_human", { ...this.#begins() });
    this.fresh = false;
  }

  /** @param {string} email */
  leaveEmail(email) {
    this.outbox.add("leave_email", { email });
  }

  /** @param {number} value @param {string} comment */
  rate(value, comment) {
    if (!this.pending("rate")) this.outbox.add("rate", { value, comment });
    this.survey = 0;
    this.changed();
  }

  /** The server's moment to ask for a rating. @param {number} episode */
  ask(episode) {
    if (this.shelf.get("skipped") !== `${this.conversation}:${episode}` && !this.pending("rate")) this.survey = episode;
  }

  skipRating() {
    this.shelf.set("skipped", `${this.conversation}:${this.survey}`);
    this.survey = 0;
    this.changed();
  }

  finish() {
    if (this.conversation && !this.over && !this.pending("end")) this.outbox.add("end");
  }

  get over() {
    return this.status === "resolved" || this.status === "closed";
  }

  /** @param {string} type */
  pending(type) {
    return this.outbox.items.find((item) => item.type === type);
  }

  /** @param {boolean} on */
  typing(on) {
    const now = Date.now();
    if (!this.conversation || (on ? now - this.#typedAt < TYPING_EVERY : !this.#typedAt)) return;
    this.#typedAt = on ? now : 0;
    this.link.send("typing", { on });
  }

  /** What the visitor wants, or their page. @param {string} language */
  tell(language) {
    this.link.send("set_language", { language, chosen: this.shelf.get("language") === language || undefined });
  }

  /** Everything on the screen has been seen, if there is a screen. */
  see() {
    see(this);
  }

  #hello() {
    const { origin, pathname } = location; // not the query: it may hold what is nobody's business
    const resume = this.conversation ? [{ conversation: this.conversation, after_seq: this.feed.last }] : [];
    const token = (this.token = this.shelf.get("token"));
    return { token, language: this.app.language, chosen: this.shelf.get("language") === this.app.language || undefined, page: (origin + pathname).slice(0, 2000), epoch: this.epoch || undefined, resume, window: WINDOW };
  }

  /** @param {string} conversation */
  adopt(conversation) {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    this.fresh = false;
    this.feed.clear();
    this.state = this.queue = this.firstPlace = null;
    this.survey = this.staff.seen = this.staff.delivered = this.seenSent = this.told = 0;
  }

  #forget() {
    if (this.shelf.get("token") === this.token) this.shelf.set("token", null); // unless another tab has a new one
    this.adopt("");
  }

  /** Asks for an older page. */
  earlier() {
    this.link.send("history", { before_seq: this.feed.first });
  }

  /** @param {string} status */
  #status(status) {
    if (status === "online") {
      if (this.away && this.wasOnline) {
        this.backUntil = Date.now() + BACK;
        setTimeout(() => this.changed(), BACK);
      }
      clearTimeout(this.#losing);
      this.#losing = undefined;
      this.wasOnline = true;
      this.away = false;
      this.#free?.();
      this.outbox.resume();
      this.see();
    } else {
      this.#losing ??= setTimeout(() => {
        this.#losing = undefined;
        this.away = this.wasOnline || this.link.attempts > 1 || this.link.status === "waiting";
        if (this.queue) this.queue.past = true;
        this.changed();
      }, AWAY);
      this.typist = null;
      this.seenSent = this.told = 0;
      this.outbox.lost();
    }
    this.changed();
  }
}
