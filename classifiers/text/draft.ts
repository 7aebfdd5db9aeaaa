/**
 * A reading under way: units, and for each where it came from, in typed arrays that are used for text after text.
 * Until something vanishes, grows or moves, every unit stands at its own place and no map is kept.
 */
const LINE_END = 10;

export class Draft {
  units = new Uint16Array(4_096);
  starts = new Int32Array(4_096);
  ends = new Int32Array(4_096);
  length = 0;
  /** Whether `starts` and `ends` say something. */
  mapped = false;

  /** Empties the draft and makes room. @param mapped whether units will be added with their places */
  begin(room: number, mapped: boolean): void {
    this.length = 0;
    this.mapped = mapped;
    while (this.units.length < room) this.grow();
  }

  private grow(): void {
    const room = this.units.length * 2;
    const [units, starts, ends] = [new Uint16Array(room), new Int32Array(room), new Int32Array(room)];
    units.set(this.units);
    starts.set(this.starts);
    ends.set(this.ends);
    [this.units, this.starts, this.ends] = [units, starts, ends];
  }

  add(unit: number, start: number, end: number): void {
    const at = this.length;
    if (at === this.units.length) this.grow();
    this.units[at] = unit;
    this.starts[at] = start;
    this.ends[at] = end;
    this.length = at + 1;
  }

  /** All units of a word stand for the same stretch. */
  addWord(word: string, start: number, end: number): void {
    for (let i = 0; i < word.length; i += 1) this.add(word.charCodeAt(i), start, end);
  }

  /** Units `from..to` of another draft as they are. */
  copy(other: Draft, from: number, to: number): void {
    const { units, starts, ends, mapped } = other;
    for (let i = from; i < to; i += 1) this.add(units[i] as number, mapped ? (starts[i] as number) : i, mapped ? (ends[i] as number) : i + 1);
  }

  /** Takes in units without their places, and a line end after them. */
  append(units: Uint16Array, length: number): void {
    while (this.units.length < this.length + length + 1) this.grow();
    for (let i = 0; i < length; i += 1) this.units[this.length + i] = units[i] as number;
    this.length += length + 1;
    this.units[this.length - 1] = LINE_END;
  }

  /** From here on units may move: those so far stand where they are. */
  map(): void {
    if (this.mapped) return;
    this.mapped = true;
    for (let i = 0; i < this.length; i += 1) {
      this.starts[i] = i;
      this.ends[i] = i + 1;
    }
  }

  startOf(i: number): number {
    return this.mapped ? (this.starts[i] as number) : i;
  }
  endOf(i: number): number {
    return this.mapped ? (this.ends[i] as number) : i + 1;
  }
}
