/**
 * How near advertisements are to each other: cosine of their runs of two and three characters, rarer runs counting more.
 * Used only to measure with (ORFD): an advertisement of a company that is already known says again what that company
 * said before, and that, not judgement, is what published figures in random folds measure. Nothing of it ships.
 */
const RUNS = [2, 3];
const LEAST_TEXTS = 2;

interface Vector {
  readonly units: Int32Array;
  readonly values: Float32Array;
}

function counted(text: string, ids: Map<string, number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const run of RUNS) {
    for (let i = 0; i + run <= text.length; i += 1) {
      const unit = text.slice(i, i + run);
      let id = ids.get(unit);
      if (id === undefined) {
        id = ids.size;
        ids.set(unit, id);
      }
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

function vectors(texts: readonly string[]): { vectors: Vector[]; units: number } {
  const ids = new Map<string, number>();
  const all = texts.map((text) => counted(text.replace(/\s+/g, ' ').toLowerCase(), ids));
  const holders = new Int32Array(ids.size);
  for (const counts of all) for (const id of counts.keys()) holders[id] = (holders[id] as number) + 1;
  const made = all.map((counts): Vector => {
    const kept = [...counts].filter(([id]) => (holders[id] as number) >= LEAST_TEXTS);
    const values = kept.map(([id, n]) => (1 + Math.log(n)) * (1 + Math.log((1 + texts.length) / (1 + (holders[id] as number)))));
    const norm = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) || 1;
    return { units: Int32Array.from(kept, ([id]) => id), values: Float32Array.from(values, (v) => v / norm) };
  });
  return { vectors: made, units: ids.size };
}

/** Nearness of every two texts, 0-1, as rows. */
export function nearness(texts: readonly string[]): Float32Array[] {
  const { vectors: all, units } = vectors(texts);
  const rows = all.map(() => new Float32Array(all.length));
  const laid = new Float32Array(units);
  for (const [at, one] of all.entries()) {
    for (const [i, unit] of one.units.entries()) laid[unit] = one.values[i] as number;
    for (let other = at; other < all.length; other += 1) {
      const { units: theirs, values } = all[other] as Vector;
      let sum = 0;
      for (let i = 0; i < theirs.length; i += 1) sum += (laid[theirs[i] as number] as number) * (values[i] as number);
      (rows[at] as Float32Array)[other] = sum;
      (rows[other] as Float32Array)[at] = sum;
    }
    for (const unit of one.units) laid[unit] = 0;
  }
  return rows;
}

/** Only what is very near speaks: cosine to this power; and one that is near to nothing says little. */
const SHARP = 8;
const ALONE = 0.6 ** SHARP;

/** -1 (near to real ones) to 1 (near to fake ones), about 0 when near to nothing known. @param row nearness to all, `known` those that may be looked at */
export function recalled(row: Float32Array, known: readonly number[], fake: readonly boolean[]): number {
  let [speaks, sum] = [0, 0];
  for (const i of known) {
    const near = (row[i] as number) ** SHARP;
    sum += near;
    speaks += fake[i] ? near : -near;
  }
  return speaks / (sum + ALONE);
}
