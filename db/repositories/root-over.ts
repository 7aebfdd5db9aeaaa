/** The root over a capture's ledger row with what vouches for it, as one column of whatever query shows the capture. */
import { type AnyColumn, sql } from 'drizzle-orm';
import { ledgerRoot, ledgerSeal } from '../schema/index.ts';

export interface RootOver {
  readonly no: number;
  readonly kinds: readonly ('signature' | 'timestamp')[];
}

/** Null while no root covers the row. Roots follow each other without gaps, so the first that reaches it is its own. */
export const rootOver = (ledgerSeq: AnyColumn) =>
  sql<RootOver | null>`(select json_build_object('no', r.no, 'kinds',
    coalesce((select json_agg(s.kind) from ${ledgerSeal} s where s.root_id = r.id), '[]'::json))
    from ${ledgerRoot} r where r.to_seq >= ${ledgerSeq} order by r.to_seq limit 1)`;
