/** The cluster as a picture: accounts on the left marked by level, what they share on the right, lines between. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { ClusterView } from '../../../core/model/api-network.ts';
import { useWords } from '../../text/language.tsx';
import { clip, MOST_ROWS, orderRows, type ThingRow, thingRows } from './layout.ts';

const ROW = 34;
const PAD = 18;
const MARK = 7;

/** The width the picture has, as the page is laid out. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const node = box.current;
    if (!node) return undefined;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(280, Math.round(entry.contentRect.width))));
    watch.observe(node);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

interface Drawn {
  readonly accounts: readonly { readonly account: ClusterView['accounts'][number]; readonly y: number }[];
  readonly things: readonly { readonly row: ThingRow; readonly y: number }[];
  readonly height: number;
}

function draw(view: ClusterView): Drawn {
  const rows = thingRows(view.things);
  const shown = view.accounts.slice(0, MOST_ROWS);
  const order = orderRows(
    shown.map((a) => a.id),
    rows,
  );
  const most = Math.max(order.accounts.length, order.things.length, 2);
  // The shorter column is spread over the height of the longer one, so that lines stay near level.
  const place = (i: number, n: number): number => PAD + ((i + 0.5) * most * ROW) / n;
  const byId = new Map(shown.map((a) => [a.id, a]));
  const byKey = new Map(rows.map((r) => [r.key, r]));
  return {
    accounts: order.accounts.flatMap((id, i) => {
      const account = byId.get(id);
      return account ? [{ account, y: place(i, order.accounts.length) }] : [];
    }),
    things: order.things.flatMap((key, i) => {
      const row = byKey.get(key);
      return row ? [{ row, y: place(i, order.things.length) }] : [];
    }),
    height: most * ROW + 2 * PAD,
  };
}

function Line({ from, to, x0, x1, own, state }: { from: number; to: number; x0: number; x1: number; own: boolean; state: 'on' | 'off' | '' }) {
  const bend = (x1 - x0) * 0.45;
  return (
    <path d={`M${x0} ${from}C${x0 + bend} ${from} ${x1 - bend} ${to} ${x1} ${to}`} className={`net-line ${state}`} strokeDasharray={own ? undefined : '2 4'} />
  );
}

/** @param focus the account or thing that is looked at; what it is joined to stands out */
export function ClusterGraph({ view, focus, onFocus }: { view: ClusterView; focus: string | null; onFocus: (id: string | null) => void }) {
  const words = useWords();
  const [, go] = useLocation();
  const { box, width } = useWidth();
  const { accounts, things, height } = useMemo(() => draw(view), [view]);
  const narrow = width < 520;
  const [left, right] = [Math.round(width * (narrow ? 0.4 : 0.42)), Math.round(width * (narrow ? 0.58 : 0.64))];
  const placeOf = new Map(accounts.map(({ account, y }) => [account.id, y]));
  const near = new Set<string>(focus === null ? [] : [focus]);
  for (const { row } of things) {
    if (row.key === focus) for (const h of row.holders) near.add(h.accountId);
    if (row.holders.some((h) => h.accountId === focus)) near.add(row.key);
  }
  const faded = (id: string): string => (focus !== null && !near.has(id) ? ' off' : '');
  const hover = (id: string) => ({
    onMouseEnter: () => onFocus(id),
    onMouseLeave: () => onFocus(null),
    onFocus: () => onFocus(id),
    onBlur: () => onFocus(null),
  });
  return (
    <div ref={box} className="net">
      {/* biome-ignore lint/a11y/useSemanticElements: a group of links drawn as a picture, described by the list beside it */}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={words.network.pictureOf(accounts.length, things.length)}>
        {things.flatMap(({ row, y }) =>
          row.holders.flatMap(({ accountId, own }) => {
            const from = placeOf.get(accountId);
            const state = focus === null ? '' : focus === accountId || focus === row.key ? 'on' : 'off';
            return from === undefined
              ? []
              : [<Line key={`${row.key} ${accountId}`} from={from} to={y} x0={left + MARK + 3} x1={right - MARK - 3} own={own} state={state} />];
          }),
        )}
        {accounts.map(({ account, y }) => (
          <a
            key={account.id}
            href={`/accounts/${account.id}`}
            className={`net-node lvl-${account.level}${faded(account.id)}`}
            aria-label={`${account.name}, ${words.labels.level[account.level]}, ${account.licenceVerdict ? words.labels.licence[account.licenceVerdict] : ''}`}
            onClick={(event) => {
              event.preventDefault();
              go(`/accounts/${account.id}`);
            }}
            {...hover(account.id)}
          >
            <title>{account.name}</title>
            <rect x={0} y={y - ROW / 2 + 1} width={left + MARK + 2} height={ROW - 2} className="net-hit" />
            <text x={left - MARK - 6} y={y - (narrow ? 0 : 2)} textAnchor="end" dominantBaseline={narrow ? 'central' : 'auto'} className="net-name">
              {clip(account.name, left - MARK - 14)}
            </text>
            {narrow ? null : (
              <text x={left - MARK - 6} y={y + 12} textAnchor="end" className="net-sub">
                {[
                  account.banned ? words.network.legend.banned : null,
                  account.licenceVerdict ? words.labels.licence[account.licenceVerdict] : null,
                  account.score,
                ]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </text>
            )}
            <rect x={left - MARK} y={y - MARK} width={2 * MARK} height={2 * MARK} className="net-mark" />
            {account.banned ? (
              <path d={`M${left - MARK} ${y - MARK}l${2 * MARK} ${2 * MARK}m0 ${-2 * MARK}l${-2 * MARK} ${2 * MARK}`} className="net-cross" />
            ) : null}
          </a>
        ))}
        {things.map(({ row, y }) => (
          <g key={row.key} className={`net-thing${faded(row.key)}`} {...hover(row.key)}>
            <title>{`${words.network.kind[row.kind]} ${row.label}, ${words.network.held(row.holders.length)}`}</title>
            <circle cx={right} cy={y} r={5} className="net-dot" />
            <text x={right + 12} y={y - 2} className="net-name">
              {clip(row.n > 1 ? `${words.network.kind[row.kind]} ${words.network.several(row.n)}` : row.label, width - right - 14)}
            </text>
            <text x={right + 12} y={y + 12} className="net-sub">
              {clip(`${row.n > 1 ? '' : `${words.network.kind[row.kind]} · `}${words.network.held(row.holders.length)}`, (width - right - 14) * 1.15)}
            </text>
          </g>
        ))}
      </svg>
      <p className="meta net-legend">
        <span className="net-node lvl-statutory">
          <i className="swatch" /> {words.labels.level.statutory}
        </span>
        <span className="net-node lvl-lead">
          <i className="swatch" /> {words.labels.level.lead}
        </span>
        <span className="net-node lvl-none">
          <i className="swatch" /> {words.labels.level.none}
        </span>
        <span>
          <svg width="24" height="8" aria-hidden="true">
            <path d="M0 4h24" className="net-line" />
          </svg>{' '}
          {words.network.legend.own}
        </span>
        <span>
          <svg width="24" height="8" aria-hidden="true">
            <path d="M0 4h24" className="net-line" strokeDasharray="2 4" />
          </svg>{' '}
          {words.network.legend.repeated}
        </span>
      </p>
      {view.accounts.length > accounts.length ? <p className="meta">{words.network.pictureCut(accounts.length)}</p> : null}
    </div>
  );
}
