/** What a page shows when it has nothing to show yet, ever, or for this person: loading, empty, error, denied. */
import { Button, Skeleton } from 'antd';
import { createContext, type ReactNode, useContext } from 'react';
import type { MeView } from '../../core/model/api.ts';
import { CAPABILITIES, CAPABILITY_ZH, type Capability, ROLE_CAPABILITIES, ROLES } from '../../core/model/role.ts';
import { ApiFailure } from '../api/client.ts';
import { useLanguage, useWords } from '../text/language.tsx';
import type { Words } from '../text/zh-cn.ts';

export const MeContext = createContext<MeView | null>(null);
/** Who is logged in; pages are only drawn when somebody is. */
export function useCurrentUser(): MeView['user'] {
  const me = useContext(MeContext);
  if (!me) throw new ApiFailure('SESSION_EXPIRED', 401, 'no session');
  return me.user;
}
export const useMay = (capability: Capability): boolean => useContext(MeContext)?.user.capabilities.includes(capability) ?? false;

export function Empty({ title, why, children }: { title: string; why: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      <p>{why}</p>
      {children ? <div className="tools">{children}</div> : null}
    </div>
  );
}

export function Denied({ capability }: { capability: string }) {
  const words = useWords();
  const { language } = useLanguage();
  // the server names it in words, the page by its key
  const asked = CAPABILITIES.filter((key) => key === capability || capability.split('/').includes(CAPABILITY_ZH[key]));
  const holders = ROLES.filter((role) => ROLE_CAPABILITIES[role].some((held) => asked.includes(held))).map((role) => words.roles[role] ?? role);
  const named = asked.length ? asked.map((key) => words.labels.capability[key]).join(' / ') : capability;
  return (
    <div className="state" role="alert">
      <h2>{words.state.deniedTitle}</h2>
      <p>
        {words.state.deniedNeeds(named)} {holders.length ? words.state.deniedWho(holders.join(language === 'zh' ? '、' : ', ')) : null}
      </p>
    </div>
  );
}

/** The page only for those who hold the capability; others read who may grant it. */
export function Needs({ capability, children }: { capability: Capability; children: ReactNode }) {
  return useMay(capability) ? children : <Denied capability={capability} />;
}

const LOCAL: Record<string, { zh: string; en: string }> = {
  OFFLINE: { zh: '无法连接服务器', en: 'The server cannot be reached' },
  TIMEOUT: { zh: '服务器 30 秒内未应答', en: 'The server did not answer within 30 seconds' },
  BAD_ANSWER: { zh: '服务器的应答无法识别', en: 'The server’s answer could not be read' },
};
/** The sentence of a failure: the server's own, or ours when the server said nothing. */
export function failureSentence(failure: unknown, language: 'zh' | 'en'): string {
  if (!(failure instanceof ApiFailure)) return failure instanceof Error ? failure.message : String(failure);
  return LOCAL[failure.code]?.[language] ?? failure.message;
}
export const failureCode = (failure: unknown): string => (failure instanceof ApiFailure ? failure.code : 'UI');

export function Failed({ failure, onRetry }: { failure: unknown; onRetry?: () => void }) {
  const { words, language } = useLanguage();
  if (failure instanceof ApiFailure && failure.status === 403 && typeof failure.details.capability === 'string')
    return <Denied capability={failure.details.capability} />;
  return (
    <div className="state" role="alert">
      <h2>{words.state.errorTitle}</h2>
      <p>{failureSentence(failure, language)}</p>
      <p>
        {words.state.errorKept} <span className="mono">{failureCode(failure)}</span>
      </p>
      {onRetry ? (
        <div className="tools">
          <Button onClick={onRetry}>{words.common.retry}</Button>
        </div>
      ) : null}
    </div>
  );
}

/** Rows in the shape of what will stand there. */
export function RowsSkeleton({ rows = 10 }: { rows?: number }) {
  const words = useWords();
  return (
    <div className="list" role="status" aria-label={words.state.loading}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="item" style={{ gridTemplateColumns: '16px minmax(80px, 200px) 1fr 80px' }}>
          <Skeleton.Avatar size={14} shape="square" active />
          <Skeleton.Input size="small" active block style={{ height: 14, minWidth: 0 }} />
          <Skeleton.Input size="small" active block style={{ height: 14, minWidth: 0 }} />
          <Skeleton.Input size="small" active block style={{ height: 14, minWidth: 0 }} />
        </div>
      ))}
    </div>
  );
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}
/** Draws the answer; what was read once stays on screen when a later reading fails. */
export function Answer<T>({ query, skeleton, children }: { query: QueryLike<T>; skeleton?: ReactNode; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failed failure={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton ?? <RowsSkeleton />}</>;
}

/** The end of a paged list: more, or how many there were. */
export function ListEnd({ n, more, busy, onMore, words }: { n: number; more: boolean; busy: boolean; onMore: () => void; words: Words }) {
  return (
    <div className="row" style={{ padding: '12px', justifyContent: 'center' }}>
      {more ? (
        <Button onClick={onMore} loading={busy}>
          {words.common.more}
        </Button>
      ) : null}
      <span className="meta">{more ? words.common.shown(n) : words.common.loadedAll(n)}</span>
    </div>
  );
}
