/**
 * The entries of one conversation as this screen has them: each number once, in order of number alone.
 *
 * @typedef {import("./wire.d.ts").EntryFrame} EntryFrame
 */

export class Feed {
  /** Sorted by seq; a gap may be open behind `last`. @type {EntryFrame[]} */ entries = [];
  /** Everything from `first` up to this number is here: what a resume asks from. */
  last = 0;
  /** Above 1: what lies before it can be asked for. */
  first = 1;
  /** @type {EntryFrame[] | null} */ #old = null;

  /** What to show: while everything comes anew, what was here before. */
  get shown() {
    return this.#old ?? this.entries;
  }

  /** True while a number is missing in the middle: ask for a replay from `last`. */
  get gap() {
    const newest = this.entries.at(-1);
    return newest !== undefined && newest.seq > this.last;
  }

  /** False for a number that is here already. @param {EntryFrame} frame */
  take(frame) {
    const { entries } = this;
    let place = entries.length;
    while (place > 0 && entries[place - 1].seq > frame.seq) place -= 1;
    const known = place > 0 && entries[place - 1].seq === frame.seq;
    if (known) entries[place - 1] = frame; // what was made of an ack gets the server's time
    if (known || frame.seq < this.first) return false;
    entries.splice(place, 0, frame);
    this.#advance();
    return true;
  }

  /** A replay begins here: what lies before it is not sent. @param {number} from */
  begin(from) {
    if (from > this.last + 1) {
      this.entries = this.entries.filter(({ seq }) => seq >= from);
      this.first = from;
    }
    this.#reach(from - 1);
  }

  /** A replay has ended: nothing up to this number is still to come. @param {number} to */
  end(to) {
    this.#reach(to);
    this.#old = null;
  }

  /** An older page, if it still fits; an empty one says that there is nothing older. @param {import("./wire.d.ts").Past} page */
  past({ before_seq, entries }) {
    if (before_seq !== this.first) return;
    this.first = entries[0]?.seq ?? 1;
    for (const frame of entries) this.take(frame);
  }

  /** Everything comes anew; what is here is shown until then. */
  renew() {
    const shown = this.shown;
    this.clear();
    this.#old = shown;
  }

  clear() {
    this.entries = [];
    this.#old = null;
    this.last = 0;
    this.first = 1;
  }

  /** @param {number} seq nothing up to it is missing */
  #reach(seq) {
    this.last = Math.max(this.last, seq);
    this.#advance();
  }

  #advance() {
    for (let place = this.entries.length; place > 0; place -= 1) {
      if (this.entries[place - 1].seq > this.last + 1) continue;
      while (this.entries[place - 1]?.seq === this.last + 1) {
        this.last += 1;
        place += 1;
      }
      return;
    }
  }
}
