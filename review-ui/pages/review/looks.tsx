/** Every sealed look at a post: what came of it, how far it is vouched for, who answered, and what was entered about it since. */
import { Skeleton } from 'antd';
import type { LookView } from '../../../core/model/api-look.ts';
import { addressOf } from '../../api/client.ts';
import { useLooks } from '../../api/queries.ts';
import { OriginLine } from '../../parts/evidence.tsx';
import { Answer, useMay } from '../../parts/page-state.tsx';
import { useWords } from '../../text/language.tsx';
import { bytes, moment } from '../../text/when.ts';
import { toneOf } from '../sources/sources-page.tsx';

function Network({ look }: { look: LookView }) {
  const w = useWords().looks;
  const { network } = look;
  if (!network) return null;
  const { tls, clock } = network;
  const rows: (readonly [string, string | null])[] = [
    [w.address, network.address],
    [w.resolved, network.resolved?.join(', ') ?? null],
    [w.tls, tls ? [tls.protocol, tls.subject, tls.issuer ? w.issuer(tls.issuer) : null].filter(Boolean).join(' · ') : w.plain],
    [w.certificate, tls?.certificateSha256 ?? null],
    [w.clock, clock ? w.offset((clock.offsetMs / 1_000).toFixed(1), (clock.withinMs / 1_000).toFixed(1)) : w.noClock],
  ];
  return (
    <>
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </>
  );
}

/** What was entered about the look later: a picture of it, its words, words read from it. */
function LaterRow({ look, row, may }: { look: LookView; row: LookView['rows'][number]; may: boolean }) {
  const w = useWords().looks;
  const name = w.rows[row.kind] ?? row.kind;
  const to = row.kind === 'shot' ? 'shot.png' : row.kind === 'dom_text' || row.kind === 'ocr_text' ? `texts/${row.kind}` : null;
  return (
    <div className="contents">
      <dt>{name}</dt>
      <dd>
        {may && to ? (
          <a href={addressOf(`/captures/${look.id}/${to}`)} target="_blank" rel="noreferrer">
            {w.see}
          </a>
        ) : null}{' '}
        <span className="meta">
          {w.seq(row.seq)} · {moment(row.at)}
          {row.from === 'live' ? ` · ${w.live}` : ''}
          {row.sha256 ? <span title={row.sha256}> · SHA-256 {row.sha256.slice(0, 12)}</span> : null}
        </span>
      </dd>
    </div>
  );
}

function Look({ look }: { look: LookView }) {
  const words = useWords();
  const w = words.looks;
  const may = useMay('evidence.read');
  const mayAll = useMay('evidence.unmask');
  return (
    <details className="look">
      <summary>
        <span className="num nowrap">{moment(look.fetchedAt)}</span> <b className={toneOf(look.outcome)}>{words.labels.fetched[look.outcome]}</b>{' '}
        <span className="meta">{w.kind[look.kind]}</span>{' '}
        <span className={`tag${look.seal.state === 'signed+timestamped' ? ' good' : ''}`}>{words.review.sealState[look.seal.state]}</span>{' '}
        {look.destroyedNo === null ? null : <span className="tag bad">{w.destroyed(look.destroyedNo)}</span>}
        <span className="meta clip block">
          {[look.status === null ? null : `HTTP ${look.status}`, look.bytes ? bytes(look.bytes) : null, w.via[look.via], look.reason]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </summary>
      <dl className="facts look-facts">
        <dt>{words.review.source}</dt>
        <dd className="mono">{look.finalUrl ? `${look.url} → ${look.finalUrl}` : look.url}</dd>
        <dt>{w.ledger}</dt>
        <dd>
          {look.ledgerSeq === null ? '—' : w.seq(look.ledgerSeq)} · {look.seal.root === null ? w.noRoot : w.root(look.seal.root)}
        </dd>
        {look.sha256 ? (
          <>
            <dt>SHA-256</dt>
            <dd className="mono">{look.sha256}</dd>
            <dt>SM3</dt>
            <dd className="mono">{look.sm3}</dd>
          </>
        ) : (
          <>
            <dt>{w.body}</dt>
            <dd>{w.noBody}</dd>
          </>
        )}
        <Network look={look} />
        {look.rows.map((row) => (
          <LaterRow key={row.seq} look={look} row={row} may={may} />
        ))}
      </dl>
      <OriginLine capture={look} />
      {mayAll && look.sha256 && look.destroyedNo === null ? (
        <p className="meta">
          <a href={addressOf(`/captures/${look.id}/raw`)} target="_blank" rel="noreferrer">
            {w.raw}
          </a>
        </p>
      ) : null}
    </details>
  );
}

export function Looks({ postId }: { postId: string }) {
  const w = useWords().looks;
  const query = useLooks(postId);
  return (
    <Answer query={query} skeleton={<Skeleton active className="pad" paragraph={{ rows: 8 }} />}>
      {({ items }) => (
        <div className="looks">
          <p className="meta">{items.length === 0 ? w.none : w.intro(items.length)}</p>
          {items.map((look) => (
            <Look key={look.id} look={look} />
          ))}
        </div>
      )}
    </Answer>
  );
}
