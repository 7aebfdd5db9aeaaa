/** What changed between two versions of a text, by clauses; bounded, because a hostile page may be very long. */
export interface DiffPiece {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}
const MOST = 600;
const clauses = (text: string): string[] => text.match(/[^。；;!?！？，,\n]*[。；;!?！？，,\n]?/g)?.filter((part) => part !== '') ?? [];

function push(pieces: DiffPiece[], kind: DiffPiece['kind'], text: string): void {
  const last = pieces.at(-1);
  if (last?.kind === kind) pieces[pieces.length - 1] = { kind, text: last.text + text };
  else pieces.push({ kind, text });
}

/** Longest common subsequence over clauses; texts beyond the bound are shown as replaced whole. */
export function diffText(before: string, after: string): DiffPiece[] {
  if (before === after) return before ? [{ kind: 'same', text: before }] : [];
  const a = clauses(before);
  const b = clauses(after);
  if (a.length > MOST || b.length > MOST)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  const cell = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) best[i * width + j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  const pieces: DiffPiece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      push(pieces, 'same', a[i] ?? '');
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1))) {
      push(pieces, 'removed', a[i] ?? '');
      i += 1;
    } else {
      push(pieces, 'added', b[j] ?? '');
      j += 1;
    }
  }
  return pieces;
}
