/** The desk as a whole: who is here, in which language and shade, and which page the address names. */
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider, Skeleton } from 'antd';
import enUs from 'antd/locale/en_US';
import zhCn from 'antd/locale/zh_CN';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Route, Switch } from 'wouter';
import { ApiFailure } from './api/client.ts';
import { useMe } from './api/queries.ts';
import { LoginPage } from './pages/login/login-page.tsx';
import { PasswordPage } from './pages/login/password-page.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Empty, Failed, MeContext } from './parts/page-state.tsx';
import { SessionModal } from './parts/session-modal.tsx';
import { Shell } from './parts/shell.tsx';
import { LanguageProvider, useLanguage, useWords } from './text/language.tsx';
import { antdTheme } from './theme/antd-theme.ts';
import { useShade } from './theme/use-shade.ts';

const HomePage = lazy(() => import('./pages/home/home-page.tsx'));
const QueuePage = lazy(() => import('./pages/queue/queue-page.tsx'));
const ReviewPage = lazy(() => import('./pages/review/review-page.tsx'));
const ApprovalsPage = lazy(() => import('./pages/approvals/approvals-page.tsx'));
const NoticesPage = lazy(() => import('./pages/notices/notices-page.tsx'));
const RunsPage = lazy(() => import('./pages/runs/runs-page.tsx'));
const SourcesPage = lazy(() => import('./pages/sources/sources-page.tsx'));
const SourcePage = lazy(() => import('./pages/sources/source-page.tsx'));
const BoardPage = lazy(() => import('./pages/sources/board-page.tsx'));
const AccountsPage = lazy(() => import('./pages/accounts/accounts-page.tsx'));
const AccountPage = lazy(() => import('./pages/accounts/account-page.tsx'));
const ClustersPage = lazy(() => import('./pages/clusters/clusters-page.tsx'));
const ClusterPage = lazy(() => import('./pages/clusters/cluster-page.tsx'));
const RulesPage = lazy(() => import('./pages/rules/rules-page.tsx'));
const RulePage = lazy(() => import('./pages/rules/rule-page.tsx'));
const RevisionPage = lazy(() => import('./pages/rules/revision-page.tsx'));
const NewDraftPage = lazy(async () => ({ default: (await import('./pages/rules/revision-page.tsx')).NewDraftPage }));
const ImportsPage = lazy(() => import('./pages/imports/imports-page.tsx'));
const LicencesPage = lazy(() => import('./pages/licences/licences-page.tsx'));

/** Answers that will be the same the next time are not asked again. */
const worthRetrying = (count: number, failure: unknown): boolean =>
  count < 2 && failure instanceof ApiFailure && (failure.status === 0 || failure.status >= 500);

const makeClient = () =>
  new QueryClient({
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: { retry: worthRetrying, staleTime: 5_000, refetchOnWindowFocus: true, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });

function NotFound() {
  const words = useWords();
  return <Empty title={words.state.notFound} why={words.state.notFoundHint} />;
}

function Pages() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path="/" component={HomePage} />
        <Route path="/queue" component={QueuePage} />
        <Route path="/cases/:id">{({ id }) => <ReviewPage key={id} id={id} />}</Route>
        <Route path="/approvals">
          <ApprovalsPage caseId={null} />
        </Route>
        <Route path="/approvals/:id">{({ id }) => <ApprovalsPage caseId={id} />}</Route>
        <Route path="/notices">
          <NoticesPage noticeId={null} />
        </Route>
        <Route path="/notices/:id">{({ id }) => <NoticesPage noticeId={id} />}</Route>
        <Route path="/runs">
          <RunsPage runId={null} />
        </Route>
        <Route path="/runs/:id">{({ id }) => <RunsPage runId={id} />}</Route>
        <Route path="/sources" component={SourcesPage} />
        <Route path="/sources/board">
          <BoardPage sourceId={null} />
        </Route>
        <Route path="/sources/:id/board">{({ id }) => <BoardPage key={id} sourceId={id} />}</Route>
        <Route path="/sources/:id">{({ id }) => <SourcePage key={id} id={id} />}</Route>
        <Route path="/accounts" component={AccountsPage} />
        <Route path="/accounts/:id">{({ id }) => <AccountPage key={id} id={id} />}</Route>
        <Route path="/clusters" component={ClustersPage} />
        <Route path="/clusters/:id">{({ id }) => <ClusterPage key={id} id={id} />}</Route>
        <Route path="/rules" component={RulesPage} />
        <Route path="/rules/new" component={NewDraftPage} />
        <Route path="/rules/drafts/:id">{({ id }) => <RevisionPage key={id} id={id} />}</Route>
        <Route path="/rules/:id">{({ id }) => <RulePage key={id} id={id} />}</Route>
        <Route path="/licences" component={LicencesPage} />
        <Route path="/imports" component={ImportsPage} />
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}

function PageSkeleton() {
  return (
    <div className="page">
      <Skeleton active title={{ width: 120 }} paragraph={{ rows: 8 }} />
    </div>
  );
}

/** Login, password change or the desk. A session that ends later asks again in place, so nothing typed is lost. */
function Gate({ shade, onShade }: { shade: 'light' | 'dark'; onShade: () => void }) {
  const me = useMe();
  const [oneTime, setOneTime] = useState('');
  if (me.data === undefined) {
    if (me.error instanceof ApiFailure && me.error.status === 401) return <LoginPage onPassword={setOneTime} />;
    if (me.error) return <Failed failure={me.error} onRetry={() => void me.refetch()} />;
    return <PageSkeleton />;
  }
  // a demonstration is watched by newcomers: the server lets them in with the printed password, and so do we
  if (me.data.user.mustChangePassword && !me.data.demo) return <PasswordPage me={me.data} known={oneTime} />;
  return (
    <MeContext.Provider value={me.data}>
      <Shell me={me.data} shade={shade} onShade={onShade}>
        <Boundary>
          <Pages />
        </Boundary>
      </Shell>
      <SessionModal me={me.data} />
    </MeContext.Provider>
  );
}

function Themed({ children }: { children: (shade: 'light' | 'dark', toggle: () => void) => ReactNode }) {
  const { language } = useLanguage();
  const { shade, toggle } = useShade();
  return (
    <ConfigProvider locale={language === 'zh' ? zhCn : enUs} theme={antdTheme(shade)} button={{ autoInsertSpace: false }} wave={{ disabled: true }}>
      <AntApp component={false} message={{ maxCount: 3, top: 56 }}>
        {children(shade, toggle)}
      </AntApp>
    </ConfigProvider>
  );
}

export function App() {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <LanguageProvider>
        <Themed>{(shade, toggle) => <Gate shade={shade} onShade={toggle} />}</Themed>
      </LanguageProvider>
    </QueryClientProvider>
  );
}
