/** One account: who it says it is, what the lists say, its posts, its findings, its cases. */
import { Skeleton } from 'antd';
import type { AccountDetail } from '../../../core/model/api.ts';
import type { FindingKind } from '../../../core/model/taxonomy.ts';
import { rowsOf, useAccount, useAccountPosts } from '../../api/queries.ts';
import { CaseRow } from '../../parts/case-row.tsx';
import { AccountEvidence, PostBody } from '../../parts/evidence.tsx';
import { familyOf, LevelMark, Quote } from '../../parts/level-mark.tsx';
import { Answer, ListEnd, Needs, useMay } from '../../parts/page-state.tsx';
import { SameParty } from '../../parts/same-party.tsx';
import { Licence, Platform, Score } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { Articles } from '../review/findings-pane.tsx';

function Identity({ detail }: { detail: AccountDetail }) {
  const words = useWords();
  const { account } = detail;
  const rows: (readonly [string, string | null])[] = [
    [words.review.subject, account.subjectName ?? words.common.unknown],
    [words.review.subjectType, words.labels.subjectType[account.subjectType]],
    [words.accounts.uscc, account.uscc],
    [words.accounts.licenceNo, account.licenceNo],
    [words.accounts.category, account.category],
    [words.accounts.verified, account.verified === null ? null : account.verified ? words.accounts.yes : words.accounts.no],
    [words.accounts.alias, account.alias],
    [words.accounts.description, account.description],
    [words.accounts.first, moment(account.firstSeenAt)],
    [words.accounts.last, moment(account.lastSeenAt)],
  ];
  return (
    <section className="section">
      <h2>{words.accounts.identity}</h2>
      <dl className="facts pad-y">
        {rows.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

function LicenceLookup({ detail }: { detail: AccountDetail }) {
  const words = useWords();
  const { account } = detail;
  return (
    <section className="section">
      <h2>{words.accounts.licence}</h2>
      <div className="pad-y stack">
        <p>
          <b>
            <Licence verdict={account.licenceVerdict} />
          </b>
        </p>
        {account.licenceSentence ? <p>{account.licenceSentence}</p> : null}
        {account.licenceReasons.map((reason) => (
          <p key={reason} className="meta">
            {reason}
          </p>
        ))}
        {detail.sources.map((source) => (
          <p key={source.id} className="meta wrap">
            <span className="mono">{source.url}</span>
            <br />
            {source.lastVisitedAt
              ? `${words.accounts.lastOutcome} ${source.lastOutcome ? (words.labels.fetched[source.lastOutcome] ?? source.lastOutcome) : '—'} ${moment(source.lastVisitedAt)}`
              : words.accounts.neverVisited}{' '}
            · {words.accounts.nextDue} {moment(source.nextDueAt)}
          </p>
        ))}
      </div>
    </section>
  );
}

function Findings({ detail }: { detail: AccountDetail }) {
  const words = useWords();
  const own = detail.findings.filter((finding) => finding.postId === null);
  return (
    <section className="section">
      <h2>
        {words.accounts.findings} <span className="meta">{own.length || ''}</span>
      </h2>
      {own.length === 0 ? <p className="meta pad-y">{words.accounts.noFindings}</p> : null}
      <ul className="list bare">
        {own.map((finding) => (
          <li key={finding.id} className="pad-y">
            <p>
              <LevelMark level={finding.level} family={familyOf(finding.kind)} exempt={finding.exempt} /> <b>{words.labels.kind[finding.kind]}</b>{' '}
              {finding.quote ? (
                <Quote kind={finding.kind} level={finding.level} exempt={finding.exempt}>
                  {finding.quote}
                </Quote>
              ) : null}{' '}
              {finding.state === 'open' ? null : <span className="tag">{words.review[finding.state]}</span>}
            </p>
            <p className="wrap">{finding.why}</p>
            <AccountEvidence capture={detail.capture} />
            <p className="meta">
              <Articles articles={finding.articles} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

const QUOTES_SHOWN = 6;
/** What its posts say, kind by kind: how often, and in which words. */
function PostFindings({ detail }: { detail: AccountDetail }) {
  const words = useWords();
  const kinds = new Map<FindingKind, AccountDetail['findings']>();
  for (const finding of detail.findings) {
    if (finding.postId === null || finding.exempt) continue;
    kinds.set(finding.kind, [...(kinds.get(finding.kind) ?? []), finding]);
  }
  return (
    <section className="section">
      <h2>{words.accounts.postFindings}</h2>
      {kinds.size === 0 ? <p className="meta pad-y">{words.accounts.noPostFindings}</p> : null}
      <ul className="list bare">
        {[...kinds].map(([kind, found]) => (
          <li key={kind} className="kind-row">
            <span>
              <LevelMark level={found[0]?.level ?? 'none'} family={familyOf(kind)} /> {words.labels.kind[kind]}
            </span>
            <span className="num">{found.length}</span>
            <span className="wrap">
              {[...new Set(found.map((finding) => finding.quote).filter((quote) => quote !== null))].slice(0, QUOTES_SHOWN).map((quote) => (
                <span key={quote}>
                  <Quote kind={kind} level={found[0]?.level ?? 'lead'}>
                    {quote}
                  </Quote>{' '}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Posts({ id }: { id: string }) {
  const words = useWords();
  const query = useAccountPosts(id);
  const rows = rowsOf(query.data);
  return (
    <section className="section">
      <h2>{words.accounts.posts}</h2>
      <Answer query={query}>
        {() =>
          rows.length === 0 ? (
            <p className="meta pad-y">{words.accounts.noPosts}</p>
          ) : (
            <>
              <ul className="list bare">
                {rows.map((post) => (
                  <li key={post.id} className="post-row">
                    <LevelMark level={post.level} />
                    <details className="grow">
                      <summary>
                        <span className="wrap">{post.title || post.text.slice(0, 40)}</span>{' '}
                        <span className="meta">
                          {[post.company, post.salary, post.location].filter(Boolean).join(' · ')} {words.labels.postStatus[post.status] ?? post.status}{' '}
                          {moment(post.publishedAt)}
                        </span>
                      </summary>
                      <PostBody text={post.text} capture={post.capture} />
                    </details>
                    <Score value={post.score} />
                  </li>
                ))}
              </ul>
              <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} words={words} />
            </>
          )
        }
      </Answer>
    </section>
  );
}

export default function AccountPage({ id }: { id: string }) {
  const words = useWords();
  const query = useAccount(id);
  const mayCases = useMay('case.read');
  return (
    <Needs capability="account.read">
      <main className="page">
        <Answer query={query} skeleton={<Skeleton active paragraph={{ rows: 12 }} />}>
          {(detail) => (
            <>
              <div className="page-head">
                <LevelMark level={detail.account.level} label />
                <h1 className="wrap">{detail.account.name}</h1>
                <span className="meta">
                  <Platform id={detail.account.platform} />
                </span>
                <span className={`tag${detail.account.status === 'suspended' ? ' accent' : ''}`} title={detail.account.statusReason ?? undefined}>
                  {words.labels.accountStatus[detail.account.status]}
                </span>
                {detail.account.banned ? <span className="tag bad">{words.accounts.banned}</span> : null}
                <span className="nowrap">
                  {words.review.risk} <b>{detail.account.score}</b>
                </span>
                {detail.account.url ? <span className="meta mono wrap">{detail.account.url}</span> : null}
              </div>
              <div className="cols">
                <Identity detail={detail} />
                <LicenceLookup detail={detail} />
              </div>
              {mayCases ? (
                <section className="section">
                  <h2>{words.accounts.cases}</h2>
                  {detail.cases.length === 0 ? (
                    <p className="meta pad-y">{words.accounts.noCases}</p>
                  ) : (
                    <div className="list">
                      {detail.cases.map((row) => (
                        <CaseRow key={row.id} row={row} />
                      ))}
                    </div>
                  )}
                </section>
              ) : null}
              {mayCases ? <SameParty accountId={id} /> : null}
              <Findings detail={detail} />
              <PostFindings detail={detail} />
              <Posts id={id} />
            </>
          )}
        </Answer>
      </main>
    </Needs>
  );
}
