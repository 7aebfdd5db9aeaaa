/** Whose post it is: subject, type, licence sentence, earlier cases. */
import { Link } from 'wouter';
import type { CaseView } from '../../../core/model/api.ts';
import { SamePartyBrief } from '../../parts/same-party.tsx';
import { Licence, Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { day } from '../../text/when.ts';

export function AccountStrip({ view }: { view: CaseView }) {
  const words = useWords();
  const { account } = view;
  return (
    <section className="strip">
      <h3>{words.review.account}</h3>
      <dl className="facts">
        <dt>{words.review.account}</dt>
        <dd>
          <Link href={`/accounts/${account.id}`}>{account.name}</Link>{' '}
          <span className="meta">
            <Platform id={account.platform} />
          </span>
          {account.banned ? <span className="tag bad">{words.accounts.banned}</span> : null}
        </dd>
        <dt>{words.review.subject}</dt>
        <dd>
          {account.subjectName ?? words.common.unknown} <span className="meta">{words.labels.subjectType[account.subjectType]}</span>
        </dd>
        <dt>{words.review.licence}</dt>
        <dd>
          <Licence verdict={account.licenceVerdict} /> {account.licenceSentence ? <span className="meta">{account.licenceSentence}</span> : null}
        </dd>
        <SamePartyBrief accountId={account.id} />
        <dt>{words.review.earlier}</dt>
        <dd>
          {view.earlier.length === 0 ? <span className="meta">{words.review.earlierNone}</span> : null}
          {view.earlier.map((row) => (
            <span key={row.id} className="earlier">
              <Link href={`/cases/${row.id}`}>{row.number}</Link>{' '}
              <span className="meta">
                {day(row.openedAt)} {row.outcome ? words.labels.outcome[row.outcome] : words.labels.caseState[row.state]}
              </span>
            </span>
          ))}
        </dd>
      </dl>
    </section>
  );
}
