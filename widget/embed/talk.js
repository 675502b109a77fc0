/**
 * The customer's conversation as this tab knows it: what arrived, what waits to be sent, who is there. No elements in
 * here; the panel draws what it reads.
 *
 * @typedef {import("../shared/wire.d.ts").ServerFrame} ServerFrame
 * @typedef {import("../shared/outbox.js").Item} Item
 */
import { Feed } from "../shared/feed.js";
import { Link } from "../shared/link.js";
import { Outbox } from "../shared/outbox.js";
import { Shelf } from "../shared/shelf.js";
import { wakeWithPage } from "../shared/wake.js";
import { tease } from "./teaser.js";

const TYPING_HOLDS = 8_000; // ms, unless repeated
const TYPING_EVERY = 3_000; // ms between two of our own
const GAP = 2_000; // ms that a missing number may take to arrive by itself
const BACK = 4_000; // ms that "back again" is shown

export class Talk {
  feed = new Feed();
  conversation = "";
  /** @type {import("../shared/wire.d.ts").State | null} */ state = null;
  /** @type {import("../shared/wire.d.ts").Queue | null} */ queue = null;
  /** The first place in line that was shown. @type {{ n: number, at: number } | null} */ firstPlace = null;
  /** @type {{ who: string, name: string } | null} */ typist = null;
  staff = { seen: 0, at: 0 };
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
  backUntil = 0;
  changed = () => {};
  #epoch = "";
  #typedAt = 0;
  #seenSent = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #typistTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #gapTimer;

  /** @param {import("./app.d.ts").App} app */
  constructor(app) {
    this.app = app;
    this.shelf = new Shelf(`svardesk:${app.options.site}`);
    this.returning = !!this.shelf.get("token");
    if (this.returning) this.shelf.allow();
    this.link = new Link({
      url: `${app.origin.replace(/^http/, "ws")}/ws/customer/${encodeURIComponent(app.options.site)}`,
      hello: () => this.#hello(),
      onFrame: (frame) => this.#frame(frame),
      onStatus: (status) => this.#status(status),
      onClose: (code) => {
        if (code === 4003) this.#forget();
      },
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
    const unwake = wakeWithPage(this.link);
    const unlisten = this.shelf.listen((key, value) => this.#elsewhere(key, value));
    const see = () => this.see();
    document.addEventListener("visibilitychange", see);
    this.#undo = () => [unwake(), unlisten(), document.removeEventListener("visibilitychange", see)];
    if (this.shelf.get("token")) this.link.start();
  }

  #undo;

  get status() {
    return this.state?.status ?? "bot";
  }

  /** The visitor has opened the panel: now storage and socket are right. */
  begin() {
    this.shelf.allow();
    this.link.start();
    this.see();
  }

  /** @param {boolean} [forget] */
  end(forget) {
    this.#undo();
    this.link.stop();
    this.outbox.lost();
    if (forget) this.shelf.clear();
  }

  /** @param {string} text @param {string} [article] */
  say(text, article) {
    this.outbox.add("say", { text, ...(article && { article }), ...(this.fresh && { new: true }) });
    this.#typedAt = 0;
  }

  requestHuman() {
    this.begin();
    this.fresh = false;
    if (!this.pending("request_human")) this.outbox.add("request_human");
  }

  /** @param {string} email */
  leaveEmail(email) {
    this.emailError = "";
    this.outbox.add("leave_email", { email });
  }

  /** @param {number} value @param {string} comment */
  rate(value, comment) {
    this.outbox.add("rate", { value, comment });
    this.survey = 0;
    this.changed();
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

  /** @param {string} language @param {boolean} [chosen] */
  speak(language, chosen) {
    if (chosen) this.shelf.set("language", language);
    if (this.conversation) this.link.send("set_language", { language });
  }

  /** Everything on the screen has been seen, if there is a screen. */
  see() {
    const newest = this.feed.entries.at(-1)?.seq ?? 0;
    if (this.app.visible && !document.hidden && this.settled && newest) {
      if (newest > this.#seen()) this.shelf.set("seen", `${this.conversation}:${newest}`);
      if (newest > this.#seenSent && this.link.send("seen", { seq: newest })) this.#seenSent = newest;
    }
    this.#count();
  }

  #seen() {
    const [conversation, seq] = (this.shelf.get("seen") ?? "").split(":");
    return conversation === this.conversation ? Number(seq) : 0;
  }

  #count() {
    const seen = this.#seen();
    const unread = this.feed.entries.filter(({ seq, data }) => seq > seen && "text" in data && data.kind !== "said");
    const newest = unread.at(-1)?.data;
    this.app.unread(unread.length);
    const name = newest && "name" in newest ? newest.name : this.app.config.name;
    tease(this.app, newest && "text" in newest && newest.text && !this.app.visible ? { name: name || "?", text: newest.text } : undefined);
  }

  #hello() {
    const { origin, pathname } = location; // not the query: it may hold what is nobody's business
    const resume = this.conversation ? [{ conversation: this.conversation, after_seq: this.feed.last }] : [];
    const token = this.shelf.get("token");
    return { token, language: this.app.language, page: (origin + pathname).slice(0, 2000), epoch: this.#epoch || undefined, resume };
  }

  /** @param {string} conversation */
  #adopt(conversation) {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    this.fresh = false;
    this.feed.clear();
    this.state = this.queue = this.firstPlace = null;
    this.survey = this.staff.seen = this.#seenSent = 0;
  }

  #forget() {
    this.shelf.set("token", null);
    this.#adopt("");
  }

  /** @param {string} status */
  #status(status) {
    if (status === "online") {
      if (this.wasOnline && this.#away) {
        this.backUntil = Date.now() + BACK;
        setTimeout(() => this.changed(), BACK);
      }
      this.wasOnline = true;
      this.#away = false;
      this.outbox.flush();
      this.see();
    } else {
      this.#away ||= status === "waiting";
      this.#seenSent = 0;
      this.outbox.lost();
    }
    this.changed();
  }

  #away = false;

  /** Another tab did something. @param {string | null} key @param {string | null} value */
  #elsewhere(key, value) {
    if (key === "token" || key === null) {
      if (value === null) this.#adopt(""); // reset there is reset here
      if (value === null || (!this.conversation && !this.outbox.items.length)) this.link.restart();
    } else if (key === "seen") this.#count();
  }

  /** @param {ServerFrame} frame */
  #frame(frame) {
    switch (frame.type) {
      case "welcome": {
        const { data } = frame;
        if (this.#epoch && this.#epoch !== data.epoch) this.feed.clear();
        if (data.token !== this.shelf.get("token")) {
          this.shelf.set("token", data.token);
          if (!frame.conversation) this.#adopt("");
        }
        this.#epoch = data.epoch;
        Object.assign(this.app.config, data.site);
        if (frame.conversation) this.#adopt(frame.conversation);
        else if (this.conversation && this.state) this.state.status = "closed";
        this.state = data.state ?? this.state;
        this.people = data.people_available;
        this.staff.seen = Math.max(this.staff.seen, data.seen_by_staff ?? 0);
        if ((data.last_seq ?? 0) <= this.feed.last) this.settled = true;
        break;
      }
      case "resync_required":
        this.feed.clear();
        break;
      case "replay_begin":
        this.#adopt(frame.conversation);
        this.feed.begin(frame.data.from_seq);
        break;
      case "replay_end":
        this.feed.end(frame.data.to_seq);
        this.settled = true;
        this.see();
        break;
      case "entry":
        this.#entry(frame);
        break;
      case "ack": {
        const item = this.outbox.acked(frame.data.client_id);
        if (frame.conversation) this.#adopt(frame.conversation);
        // It is committed as it was sent: shown in its place without waiting for its entry.
        if (item?.type === "say") this.#entry({ v: 1, type: "entry", conversation: this.conversation, seq: frame.data.seq, ts: new Date().toISOString(), data: { kind: "said", text: item.data.text, client_id: item.client_id } });
        if (item?.type === "say" && this.status === "bot") this.#type({ who: "bot", name: "", on: true });
        break;
      }
      case "state":
        this.#adopt(frame.conversation);
        this.state = frame.data;
        if (this.status !== "queued") this.queue = this.firstPlace = null;
        if (this.status !== "resolved") this.survey = 0;
        break;
      case "queue":
        this.queue = frame.data;
        this.firstPlace ??= { n: frame.data.position, at: Date.now() };
        break;
      case "survey":
        if (this.shelf.get("skipped") !== `${this.conversation}:${frame.data.episode}` && !this.pending("rate")) this.survey = frame.data.episode;
        break;
      case "typing":
        this.#type(frame.data);
        break;
      case "seen":
        if (frame.data.who === "staff" && frame.data.seq > this.staff.seen) this.staff = { seen: frame.data.seq, at: Date.now() };
        break;
      case "error":
        this.#fault(frame.data);
    }
    this.changed();
  }

  /** @param {import("../shared/wire.d.ts").EntryFrame} frame */
  #entry(frame) {
    this.#adopt(frame.conversation);
    const { data } = frame;
    if ("client_id" in data && data.client_id) this.outbox.acked(data.client_id);
    if (!this.feed.take(frame)) return;
    if (this.feed.gap) {
      clearTimeout(this.#gapTimer);
      this.#gapTimer = setTimeout(() => this.feed.gap && this.link.restart(), GAP);
    }
    if (data.kind === "rated") this.survey = 0;
    if ("text" in data && data.kind !== "said") this.#type(null);
    if (!this.settled) return;
    this.see();
    if ("text" in data) this.app.emit("message", { conversation: frame.conversation, from: data.kind === "said" ? "customer" : data.kind === "replied" ? "agent" : "assistant", text: data.text });
    else if (data.kind === "handoff") this.app.emit("handoff", { reason: data.reason });
    else if (data.kind === "rated") this.app.emit("csat", { value: data.value });
  }

  /** @param {import("../shared/wire.d.ts").Typist | null} typist */
  #type(typist) {
    clearTimeout(this.#typistTimer);
    this.typist = typist?.on ? { who: typist.who, name: typist.name ?? "" } : null;
    if (this.typist) {
      this.#typistTimer = setTimeout(() => {
        this.typist = null;
        this.changed();
      }, TYPING_HOLDS);
    }
  }

  /** @param {import("../shared/wire.d.ts").Fault} fault */
  #fault({ code, message, client_id, retry_after }) {
    const item = client_id ? this.outbox.refused(client_id, code, retry_after) : undefined;
    if (item?.state === "failed" && item.type !== "say") {
      this.outbox.drop(item.client_id);
      if (item.type === "leave_email") this.emailError = code;
    }
    if (!item || item.state === "failed") this.app.emit("error", { code, message });
  }
}
