/** A case of the desk's test world whose captures are really sealed, with their ledger rows: what an export starts from. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import type { Exchange } from '../../core/model/capture.ts';
import { inTransaction } from '../../db/connect.ts';
import { appendLedger } from '../../db/repositories/capture.ts';
import { capture } from '../../db/schema/index.ts';
import { captureFacts, ledgerRow } from '../../evidence/ledger.ts';
import { createContentStore } from '../../evidence/store.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { World } from '../integration/api/world.ts';

/** Seals `html` as the answer of every capture of an account. @returns the evidence folder and its content store */
export async function sealAccount(world: World, accountId: string, html: (url: string) => string) {
  const dir = mkdtempSync(path.join(tmpdir(), 'pincha-sealed-'));
  const sealer = createSealer({ dir, software: 'pincha/test' });
  for (const row of await world.db.select().from(capture).where(eq(capture.accountId, accountId))) {
    const { url, finalUrl, fetchedAt, kind } = row;
    const seen = { url, finalUrl, fetchedAt, status: 200, via: 'http' as const };
    const answer: Omit<Exchange, 'url'> = {
      finalUrl,
      method: 'GET',
      requestHeaders: { 'user-agent': 'Pincha (test)' },
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      responseHeaders: [['Content-Type', 'text/html; charset=utf-8']],
      body: Buffer.from(html(url)),
      remoteAddress: '127.0.0.1',
      fetchedAt,
      elapsedMs: 3,
      via: 'http',
    };
    const place = await sealer.seal({ url, ...answer }, 'http');
    const { recordSha256: _record, ...columns } = place;
    await inTransaction(world.db, async (tx) => {
      const entry = { kind: 'capture' as const, refId: row.id, payload: captureFacts(place, { ...seen, kind }), at: fetchedAt };
      const { seq } = await appendLedger(tx, (prev) => ledgerRow(prev, entry));
      await tx
        .update(capture)
        .set({ ...columns, ledgerSeq: seq, shotSha256: null, shotFrom: null })
        .where(eq(capture.id, row.id));
    });
  }
  await sealer.close();
  return { vault: dir, content: createContentStore(dir) };
}
