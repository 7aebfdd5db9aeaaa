/** What an account has to do with others: who may be the same party, and which of its texts stand elsewhere too. */
import { Link } from 'wouter';
import type { AccountParty } from '../../core/model/api-network.ts';
import { useParty } from '../api/queries.ts';
import { IgnoreButton } from '../pages/clusters/things.tsx';
import { useWords } from '../text/language.tsx';
import { day } from '../text/when.ts';
import { LevelMark } from './level-mark.tsx';
import { Answer } from './page-state.tsx';
import { Platform, Score } from './small.tsx';

function Same({ party }: { party: AccountParty }) {
  const words = useWords();
  return (
    <>
      {party.same.length === 0 ? <p className="meta pad-y">{words.network.partyNone}</p> : null}
      <ul className="list bare">
        {party.same.map((row) => (
          <li key={row.id} className="member">
            <LevelMark level={row.level} />
            <div className="grow">
              <p>
                <Link href={`/accounts/${row.id}`} className="wrap">
                  {row.name}
                </Link>{' '}
                <span className="meta">
                  <Platform id={row.platform} />
                </span>{' '}
                {row.banned ? <span className="tag bad">{words.accounts.banned}</span> : null}
              </p>
              <p className="meta wrap">
                {row.shared.length === 0
                  ? words.network.indirect
                  : row.shared.map((thing) => `${words.network.kind[thing.kind]} ${thing.label}`).join(words.common.listSep)}
              </p>
            </div>
            <Score value={row.score} />
          </li>
        ))}
      </ul>
      {party.ignored.map((thing) => (
        <p key={thing.id} className="meta pad-y wrap">
          {words.network.kind[thing.kind]} {thing.label} · {words.network.ignoredBy(thing.by, thing.reason)} <IgnoreButton thing={thing} ignore={false} />
        </p>
      ))}
    </>
  );
}

function Reposts({ party, accountId }: { party: AccountParty; accountId: string }) {
  const words = useWords();
  return (
    <>
      {party.reposts.length === 0 ? <p className="meta pad-y">{words.network.repostsNone}</p> : null}
      <ul className="list bare">
        {party.reposts.map((row) => (
          <li key={row.id} className="pad-y">
            <span className="wrap">{row.label}…</span>{' '}
            <span className="meta">
              {words.network.repostSpread(row.posts, row.accounts)}
              {row.employers > 1 ? ` · ${words.network.repostEmployers(row.employers)}` : ''}
              {' · '}
              {row.first?.id === accountId ? (
                words.network.repostOwnFirst(day(row.firstAt))
              ) : row.first ? (
                <Link href={`/accounts/${row.first.id}`}>{words.network.repostFirst(day(row.firstAt), row.first.name)}</Link>
              ) : (
                day(row.firstAt)
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Two sections for the page of an account. */
export function SameParty({ accountId }: { accountId: string }) {
  const words = useWords();
  const query = useParty(accountId);
  return (
    <Answer query={query} skeleton={<span />}>
      {(party) => (
        <div className="cols">
          <section className="section">
            <h2>
              {words.network.party} {party.cluster ? <Link href={`/clusters/${party.cluster.id}`}>{words.network.partyMore(party.cluster.size)}</Link> : null}
            </h2>
            <Same party={party} />
          </section>
          <section className="section">
            <h2>{words.network.reposts}</h2>
            <Reposts party={party} accountId={accountId} />
          </section>
        </div>
      )}
    </Answer>
  );
}

const BRIEFLY = 4;
/** One line of the account's strip on a case: who else, and the way to the picture. */
export function SamePartyBrief({ accountId }: { accountId: string }) {
  const words = useWords();
  const party = useParty(accountId).data;
  if (!party?.cluster) return null;
  return (
    <>
      <dt>{words.network.party}</dt>
      <dd>
        {party.same.slice(0, BRIEFLY).map((row) => (
          <span key={row.id} className="earlier">
            <Link href={`/accounts/${row.id}`}>{row.name}</Link> {row.banned ? <span className="tag bad">{words.accounts.banned}</span> : null}{' '}
            <span className="meta">
              {row.shared
                .slice(0, 2)
                .map((thing) => `${words.network.kind[thing.kind]} ${thing.label}`)
                .join(words.common.listSep)}
            </span>
          </span>
        ))}
        <Link href={`/clusters/${party.cluster.id}`}>{words.network.partyMore(party.cluster.size)}</Link>
      </dd>
    </>
  );
}
