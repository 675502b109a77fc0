/**
 * What each frame from the server means for the conversation.
 *
 * @typedef {import("./talk.js").Talk} Talk
 * @typedef {import("../shared/wire.d.ts").ServerFrame} ServerFrame
 */

const TYPING_HOLDS = 8_000; // ms, unless repeated
const GAP = 2_000; // ms that a missing number may take to arrive by itself

/** @param {Talk} talk @param {ServerFrame} frame */
export function receive(talk, frame) {
  switch (frame.type) {
    case "welcome": {
      const { data } = frame;
      const kept = talk.shelf.get("token");
      if (kept && kept !== talk.token && kept !== data.token) return talk.link.restart(); // another tab was first: join it
      if (talk.epoch && talk.epoch !== data.epoch) frame.conversation ? talk.feed.renew() : talk.adopt("");
      if (data.token !== kept) {
        talk.shelf.set("token", data.token);
        if (!frame.conversation) talk.adopt("");
      }
      talk.token = data.token;
      talk.epoch = data.epoch;
      const { name, retention_days } = data.site;
      Object.assign(talk.app.config, { name, retention_days });
      if (frame.conversation) talk.adopt(frame.conversation);
      else if (talk.state) talk.state.status = "closed";
      talk.state = data.state ?? talk.state;
      if (data.state) talk.app.follow(data.state.language);
      talk.people = data.people_available;
      talk.staff.seen = Math.max(talk.staff.seen, data.seen_by_staff ?? 0);
      talk.staff.delivered = data.delivered_to_staff ?? 0;
      if ((data.last_seq ?? 0) <= talk.feed.last) talk.settled = true;
      break;
    }
    case "resync_required":
      talk.feed.renew();
      break;
    case "history":
      if (frame.conversation === talk.conversation) talk.feed.past(frame.data);
      talk.older = true;
      break;
    case "replay_begin":
      talk.adopt(frame.conversation);
      talk.feed.begin(frame.data.from_seq);
      break;
    case "replay_end":
      talk.feed.end(frame.data.to_seq);
      talk.settled = true;
      talk.see();
      break;
    case "entry":
      enter(talk, frame);
      break;
    case "ack": {
      const { client_id, seq } = frame.data;
      const item = talk.outbox.items.find((one) => one.client_id === client_id);
      if (frame.conversation) talk.adopt(frame.conversation);
      if (item?.type !== "say") {
        talk.outbox.acked(client_id);
        break;
      }
      talk.fresh = false;
      // It is committed as it was sent: shown in its place without waiting for its entry.
      const data = { kind: /** @type {const} */ ("said"), text: item.data.text, client_id };
      enter(talk, { v: 1, type: "entry", conversation: talk.conversation, seq, ts: new Date().toISOString(), data });
      break;
    }
    case "state":
      talk.adopt(frame.conversation);
      talk.state = frame.data;
      talk.app.follow(frame.data.language);
      if (talk.status !== "queued") talk.queue = talk.firstPlace = null;
      if (talk.status !== "resolved") talk.survey = 0;
      break;
    case "queue":
      talk.queue = { ...frame.data, at: Date.now() };
      talk.firstPlace ??= talk.queue;
      break;
    case "survey":
      talk.ask(frame.data.episode);
      break;
    case "typing":
      setTypist(talk, frame.data);
      break;
    case "seen":
      if (frame.data.who === "staff" && frame.data.seq > talk.staff.seen) Object.assign(talk.staff, { seen: frame.data.seq, at: Date.now() });
      break;
    case "delivered":
      talk.staff.delivered = frame.data.seq;
      break;
    case "error":
      fault(talk, frame.data);
  }
  talk.changed();
}

/** @param {Talk} talk @param {import("../shared/wire.d.ts").EntryFrame} frame */
function enter(talk, frame) {
  const { data, conversation } = frame;
  talk.adopt(conversation);
  const mine = "client_id" in data && talk.outbox.acked(data.client_id ?? "");
  if (!talk.feed.take(frame)) return;
  if (talk.feed.gap) {
    clearTimeout(talk.gapTimer);
    talk.gapTimer = setTimeout(() => talk.feed.gap && talk.link.restart(), GAP);
  }
  if (data.kind === "rated") talk.survey = 0;
  const said = "text" in data;
  if (said && data.kind !== "said") setTypist(talk);
  else if (said && mine && talk.status === "bot") setTypist(talk, { who: "bot", on: true });
  if (!talk.settled) return;
  talk.see();
  const from = data.kind === "said" ? "customer" : data.kind === "replied" ? "agent" : "assistant";
  if (said) talk.app.emit("message", { conversation, from, text: data.text });
  else if (data.kind === "handoff") talk.app.emit("handoff", { reason: data.reason });
  else if (data.kind === "rated") talk.app.emit("csat", { value: data.value });
}

/** @param {Talk} talk @param {import("../shared/wire.d.ts").Typist} [typist] */
function setTypist(talk, typist) {
  clearTimeout(talk.typistTimer);
  talk.typist = typist?.on ? { who: typist.who, name: typist.name ?? "", busy: !!typist.wait_s } : null;
  if (talk.typist) talk.typistTimer = setTimeout(() => (setTypist(talk), talk.changed()), TYPING_HOLDS);
}

/** @param {Talk} talk @param {import("../shared/wire.d.ts").Fault} fault */
function fault(talk, { code, message, client_id, retry_after }) {
  const item = client_id ? talk.outbox.refused(client_id, code, retry_after) : undefined;
  if (item && item.state !== "failed") return;
  if (code !== "already_judged") talk.app.emit("error", { code, message }); // in another tab, where it counted
  if (!item || item.type === "say") return; // what was said stays, with a way to try again
  talk.outbox.drop(item.client_id);
  if (item.type === "leave_email") talk.emailError = code;
}
