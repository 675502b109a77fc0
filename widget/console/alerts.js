/** What calls an agent who looks elsewhere: the tab's title and icon, a soft tick, a notification. All but the first off at first. */
import { effect } from "../shared/preact.js";
import { announce } from "../shared/staff/parts.js";
import { preferences } from "../shared/staff/preferences.js";
import { account } from "../shared/staff/session.js";
import { t } from "../shared/staff/strings.js";
import { writing } from "./composer.js";
import { groups } from "./list.js";
import { groupOf, unread } from "./rows.js";
import { listed, openId, rows } from "./state.js";
import { titleOf } from "./words.js";

/** @typedef {import("./state.js").Chat} Chat */

const APART_MS = 3_000; // never two sounds within this
const STATUS_MS = 10_000; // the spoken count at most this often

/** @type {AudioContext | null} */
let audio = null;
let soundedAt = 0;

/** A soft wooden tick, made here so that there is no file to load; two of them for somebody who waits. @param {number} times */
function tick(times) {
  if (!preferences.value.sound || writing.value || Date.now() - soundedAt < APART_MS) return;
  soundedAt = Date.now();
  try {
    audio ||= new AudioContext();
    for (let i = 0; i < times; i++) {
      const at = audio.currentTime + i * 0.14;
      const tone = audio.createOscillator();
      const loud = audio.createGain();
      tone.type = "triangle";
      tone.frequency.setValueAtTime(820, at);
      tone.frequency.exponentialRampToValueAtTime(300, at + 0.06);
      loud.gain.setValueAtTime(0.16, at);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.1);
      tone.connect(loud).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.11);
    }
  } catch {
    // no sound here; the title still tells
  }
}

/** @param {Chat} chat @param {string} title */
function notify(chat, title) {
  if (!preferences.value.notifications || !("Notification" in globalThis) || Notification.permission !== "granted" || (document.hasFocus() && !document.hidden)) return;
  const note = new Notification(title, { body: chat.last_text || titleOf(chat), tag: chat.id });
  note.onclick = () => {
    focus();
    location.hash = `#/chat/${chat.id}`;
    note.close();
  };
}

/** @type {HTMLCanvasElement | null} */
let canvas = null;

/** The mark, and over it how many need somebody. @param {number} count */
function drawIcon(count) {
  canvas ||= Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
  const pen = canvas.getContext("2d");
  const link = document.querySelector("link[rel=icon]");
  if (!pen || !(link instanceof HTMLLinkElement)) return;
  pen.clearRect(0, 0, 64, 64);
  pen.save();
  pen.scale(64 / 24, 64 / 24);
  pen.fillStyle = "#2a8078";
  pen.fill(new Path2D("M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H13l-5 4.5V16H6.5A2.5 2.5 0 0 1 4 13.5z"));
  pen.strokeStyle = "#fff";
  pen.lineWidth = 2;
  pen.lineCap = pen.lineJoin = "round";
  pen.stroke(new Path2D("m8.2 9.7 2.6 2.5 5-5"));
  pen.restore();
  if (count) {
    pen.fillStyle = "#c22f45";
    pen.beginPath();
    pen.arc(43, 21, 21, 0, 7);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.font = "bold 32px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(count > 9 ? "9+" : String(count), 43, 23, 36);
  }
  link.href = canvas.toDataURL();
}

/** How many need a person of this desk: who waits, and my chats with something unread. */
export function needed() {
  return groups.value.waiting.length + groups.value.mine.filter(unread).length;
}

/** Starts watching the rows. */
export function watch() {
  /** @type {Map<string, Chat> | null} */
  let before = null;
  let spokenAt = 0;

  effect(() => {
    const n = needed();
    document.title = `${n ? `(${n > 99 ? "99+" : n}) ` : ""}${t("rail.inbox")} · Svardesk`;
    drawIcon(n);
  });

  effect(() => {
    const all = rows.value;
    if (!listed.value) return;
    const me = account.value?.id || "";
    if (before) {
      for (const chat of all.values()) {
        const old = before.get(chat.id);
        const group = groupOf(chat, me);
        if (group === "waiting" && (!old || groupOf(old, me) !== "waiting")) {
          tick(2);
          notify(chat, t("alert.waiting"));
          if (Date.now() - spokenAt > STATUS_MS) {
            spokenAt = Date.now();
            announce(t("alert.count", { n: groups.peek().waiting.length }));
          }
        } else if (group === "mine" && old && chat.last_seq > old.last_seq && chat.last_kind === "said") {
          tick(1);
          if (chat.id !== openId.peek() || document.hidden) notify(chat, t("alert.message"));
        }
      }
    }
    before = all;
  });
}
