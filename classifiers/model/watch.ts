/**
 * How strongly the model speaks about posts, for watching drift: each margin falls into one of the twenty equal shares of
 * margins it had on held-out posts when it was trained. A model that is asked about other things than it learned from
 * shows it here long before people have decided anything.
 */
import type { ReadPost } from '../rules/read.ts';
import { judge } from './judge.ts';
import { type ModelFile, speaking } from './model-file.ts';
import { WeightTable } from './table.ts';

export interface MarginBucket {
  /** `margin/<kind>@<model>`: another model is another measure. */
  readonly measure: string;
  /** 00 weakest … 19 strongest share. */
  readonly bucket: string;
}

/** Only kinds the model speaks about; it has its own sums, so that screening is not disturbed. */
export function createMarginWatch(whole: ModelFile): (read: ReadPost) => readonly MarginBucket[] {
  const file = speaking(whole);
  const table = new WeightTable(file);
  const agency = file.kinds.findIndex((k) => k.kind === 'acts-as-intermediary');
  return (read) =>
    judge(table, read, agency).flatMap((told, k): MarginBucket[] => {
      const kind = file.kinds[k];
      if (!told || !kind || kind.reference.length < 3) return [];
      const inner = kind.reference.slice(1, -1);
      const above = inner.filter((edge) => told.margin >= edge).length;
      return [{ measure: `margin/${kind.kind}@${file.id}`, bucket: String(above).padStart(2, '0') }];
    });
}
