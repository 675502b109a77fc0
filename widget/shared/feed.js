/**
 * The entries of one conversation as this screen has them: each number once, in order of number alone.
 *
 * @typedef {import("./wire.d.ts").EntryFrame} EntryFrame
 */

export class Feed {
  /** Sorted by seq; a gap may be open behind `last`. @type {EntryFrame[]} */ entries = [];
  /** Everything up to this number is here: what a resume asks from. */
  last = 0;

  /** True while a number is missing in the middle: ask for a replay from `last`. */
  get gap() {
    const newest = this.entries.at(-1);
    return newest !== undefined && newest.seq > this.last;
  }

  /** False for a number that is here already. @param {EntryFrame} frame */
  take(frame) {
    let place = this.entries.length;
    while (place > 0 && this.entries[place - 1].seq > frame.seq) place -= 1;
    if (frame.seq <= 0 || (place > 0 && this.entries[place - 1].seq === frame.seq)) return false;
    this.entries.splice(place, 0, frame);
    if (frame.seq === this.last + 1 && place === this.entries.length - 1) this.last = frame.seq;
    else this.#advance();
    return true;
  }

  /** A replay begins here: what lies before it, the server no longer has. @param {number} from */
  begin(from) {
    this.end(from - 1);
  }

  /** A replay has ended: nothing up to this number is still to come. @param {number} to */
  end(to) {
    this.last = Math.max(this.last, to);
    this.#advance();
  }

  clear() {
    this.entries = [];
    this.last = 0;
  }

  #advance() {
    for (const { seq } of this.entries) if (seq === this.last + 1) this.last = seq;
  }
}
