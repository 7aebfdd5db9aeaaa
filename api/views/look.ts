/** Looks as the desk reads them: the columns of the capture beside what its ledger rows state. */
import { z } from 'zod';
import { type LookView, lookView } from '../../core/model/api-look.ts';
import type { LookRecord } from '../../db/repositories/read-look.ts';
import { captureView } from './account.ts';

/** The part of a row's statement that is shown; rows are ours, yet older versions stated less. */
const stated = z.object({
  data: z.looseObject({
    address: z.string().nullish(),
    resolved: z.array(z.string()).nullish(),
    tls: z.unknown().optional(),
    clock: z.unknown().optional(),
    sha256: z.string().nullish(),
    sm3: z.string().nullish(),
    from: z.string().nullish(),
  }),
});
type Stated = z.infer<typeof stated>['data'];

function statedBy(payload: string): Stated | null {
  const read = stated.safeParse(JSON.parse(payload));
  return read.success ? read.data.data : null;
}

const { tls: tlsShape, clock: clockShape } = lookView.shape.network.unwrap().shape;

function networkOf(data: Stated | null): LookView['network'] {
  if (!data || !('address' in data)) return null;
  return {
    address: data.address ?? null,
    resolved: data.resolved ?? null,
    tls: tlsShape.catch(null).parse(data.tls ?? null),
    clock: clockShape.catch(null).parse(data.clock ?? null),
  };
}

export function lookViews({ looks, rows }: LookRecord): LookView[] {
  return looks.map((look) => {
    const own = rows.filter((row) => row.refId === look.id);
    const first = own.find((row) => row.kind === 'capture');
    const { kind, url, outcome, reason, status, mediaType, bytes, sm3, via, destroyedNo } = look;
    return {
      ...captureView(look),
      kind,
      url,
      finalUrl: look.finalUrl === url ? null : look.finalUrl,
      outcome,
      reason,
      status,
      mediaType,
      bytes,
      sm3,
      via,
      destroyedNo,
      network: first ? networkOf(statedBy(first.payload)) : null,
      rows: own
        .filter((row) => row.kind !== 'capture')
        .map((row) => {
          const data = statedBy(row.payload);
          return { seq: row.seq, kind: row.kind, at: row.at.toISOString(), sha256: data?.sha256 ?? null, sm3: data?.sm3 ?? null, from: data?.from ?? null };
        }),
    };
  });
}
