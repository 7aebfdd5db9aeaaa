/**
 * The model ready to run: every token of every kind in one table from characters to a row of weights, so that a passage
 * is scored for all kinds in one pass without making a string. Gives the sums `predict.ts` gives, many times faster.
 */
import type { KindModel } from './model-file.ts';
import type { Passage } from './passages.ts';

export interface Strongest {
  readonly passage: Passage;
  readonly logOdds: number;
}
export interface Scorer {
  /** The strongest passage for each kind, in the order the models were given; null where no passage says enough. */
  strongest(passages: readonly Passage[], leastTokens: number): (Strongest | null)[];
}

/** What a UTF-16 unit reads as: -1 not yet known, 0 left out, -2 only to be read as part of its passage. */
const UNKNOWN = -1;
const TOGETHER = -2;
const READS = new Int32Array(65_536).fill(UNKNOWN);
const ZERO = 48;
const MOST_ZEROS = 5;

function readUnit(unit: number): number {
  const char = String.fromCharCode(unit);
  const plain = char.normalize('NFKC').toLowerCase();
  const alone = plain.length === 1 && !/\p{M}/u.test(char) && !(unit >= 0xd800 && unit <= 0xdfff) && !/[\u1100-\u11ff]/.test(plain);
  const reads = alone ? (/[\p{L}\d]/u.test(plain) ? plain.charCodeAt(0) : 0) : TOGETHER;
  READS[unit] = reads;
  return reads;
}

const buffer = new Uint16Array(4_096);

/** Writes a passage's letters and figure lengths into the buffer, as `tokensOf` reads them. @returns how many units */
function readPlain(passage: string): number {
  let text = passage;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if ((READS[unit] === UNKNOWN ? readUnit(unit) : READS[unit]) !== TOGETHER) continue;
    text = passage
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\d]/gu, ' ');
    break;
  }
  const together = text !== passage;
  let length = 0;
  let figures = 0;
  for (let i = 0; i < text.length && length < buffer.length; i += 1) {
    const unit = text.charCodeAt(i);
    const known = together ? unit : (READS[unit] as number);
    const isFigure = known >= ZERO && known <= ZERO + 9;
    figures = isFigure ? figures + 1 : 0;
    if (known === 0 || (together && unit === 32) || figures > MOST_ZEROS) continue;
    buffer[length] = isFigure ? ZERO : known;
    length += 1;
  }
  return length;
}

function distinctTokens(length: number): number {
  const tokens = new Set<number>();
  for (let i = 0; i < length; i += 1) {
    tokens.add(buffer[i] as number);
    if (i + 1 < length) tokens.add((buffer[i] as number) * 65_536 + (buffer[i + 1] as number));
  }
  return tokens.size;
}

/** Lays the weights of all models out side by side. */
export function createScorer(models: readonly KindModel[]): Scorer {
  const kinds = models.length;
  const rows = new Map<number, number>();
  const singles = new Int32Array(65_536);
  const weights: number[] = [];
  const rowOf = (token: string): number => {
    const [first, second] = [token.charCodeAt(0), token.charCodeAt(1)];
    const key = token.length === 1 ? first : first * 65_536 + second;
    const known = token.length === 1 ? singles[first] : rows.get(key);
    if (known) return known;
    const row = weights.length / kinds + 1;
    if (token.length === 1) singles[first] = row;
    else rows.set(key, row);
    for (let k = 0; k < kinds; k += 1) weights.push(0);
    return row;
  };
  for (const [k, model] of models.entries()) for (const [token, weight] of Object.entries(model.weights)) weights[(rowOf(token) - 1) * kinds + k] = weight;
  const table = Float64Array.from(weights);
  const seen = new Int32Array(weights.length / Math.max(1, kinds) + 1);
  const sums = new Float64Array(kinds);
  let round = 0;
  const add = (row: number): void => {
    if (row === 0 || seen[row] === round) return;
    seen[row] = round;
    const from = (row - 1) * kinds;
    for (let k = 0; k < kinds; k += 1) sums[k] = (sums[k] as number) + (table[from + k] as number);
  };
  // Not every first character begins a pair the models know.
  const begins = new Uint8Array(65_536);
  for (const key of rows.keys()) begins[Math.floor(key / 65_536)] = 1;

  return {
    strongest: (passages, leastTokens) => {
      const best: (Strongest | null)[] = models.map(() => null);
      for (const passage of passages) {
        const length = readPlain(passage.text);
        // Half as many units again as tokens wanted hold them but for the most repetitive of texts.
        if (length * 2 <= leastTokens || (length * 2 < leastTokens * 3 && distinctTokens(length) < leastTokens)) continue;
        round += 1;
        for (const [k, model] of models.entries()) sums[k] = model.bias;
        for (let i = 0; i < length; i += 1) {
          const unit = buffer[i] as number;
          add(singles[unit] as number);
          if (i + 1 < length && begins[unit] === 1) add(rows.get(unit * 65_536 + (buffer[i + 1] as number)) ?? 0);
        }
        for (let k = 0; k < kinds; k += 1) {
          const value = sums[k] as number;
          const known = best[k];
          if (!known || value > known.logOdds) best[k] = { passage, logOdds: value };
        }
      }
      return best;
    },
  };
}
