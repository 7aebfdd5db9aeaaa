/** What the review page knows and can do: the case, where the eye is, which dialog is open, and the acts. */
import { App } from 'antd';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { CaseView, FindingView } from '../../../core/model/api.ts';
import type { RejectReason } from '../../../core/model/case.ts';
import { type CaseStep, useCaseAct, useTakeNext } from '../../api/writes.ts';
import { failureSentence } from '../../parts/page-state.tsx';
import { useLanguage } from '../../text/language.tsx';
import { caseChanges } from './case-diff.ts';
import { alikeFindings, mayOf, nextOpen, orderFindings } from './order.ts';

export type Dialog = 'reject' | 'alike' | 'propose' | 'close' | 'wait' | 'skip' | 'note' | 'return' | 'approve';

export function useReview(view: CaseView) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const [, go] = useLocation();
  const ordered = orderFindings(view.findings);
  const [picked, setPicked] = useState<string | null>(null);
  const [lit, setLit] = useState<string | null>(null);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [stale, setStale] = useState<readonly string[] | null>(null);
  const [postId, setPostId] = useState<string | null>(null);
  const focused =
    picked !== null && ordered.all.some((mark) => mark.finding.id === picked) ? picked : (nextOpen(ordered, null) ?? ordered.numbered[0]?.finding.id ?? null);
  const finding = ordered.all.find((mark) => mark.finding.id === focused)?.finding ?? null;
  const shownPost = view.posts.find((post) => post.id === (postId ?? finding?.postId)) ?? view.posts[0] ?? null;

  const tell = (failure: unknown) => void message.error(failureSentence(failure, language));
  const act = useCaseAct(view.id, ({ before, after }) => setStale(caseChanges(before, after, words)), tell);
  const next = useTakeNext();

  const focus = (id: string | null) => {
    setPicked(id);
    const on = view.findings.find((item) => item.id === id)?.postId;
    if (on) setPostId(on);
  };
  const refuse = (name: string): boolean => {
    const may = mayOf(view, name);
    if (may === true) return false;
    if (may) void message.info(may);
    return true;
  };
  /** Does a step when the server allows it; otherwise says the server's sentence. */
  const run = (step: CaseStep, after?: () => void) => {
    if (refuse(step.action)) return;
    setStale(null);
    act.mutate(step, { onSuccess: after });
  };
  const confirm = (id: string | null) => {
    const target = ordered.numbered.find((mark) => mark.finding.id === id)?.finding;
    if (!target || target.state === 'confirmed') return;
    run({ action: 'confirm', findingId: target.id });
    focus(nextOpen(ordered, target.id) ?? target.id);
  };
  const reject = (id: string, reason: RejectReason) => {
    run({ action: 'reject', findingId: id, reason });
    focus(nextOpen(ordered, id) ?? id);
  };
  const alikeTo = (to: FindingView): FindingView[] => alikeFindings(ordered, to);
  /** Opens the list of findings like this one, when there are others and they may be judged. */
  const openAlike = (to: FindingView | null) => {
    if (to && alikeTo(to).length > 1) openDialog('alike', to.state === 'open' ? 'reject' : 'undecide');
  };
  const judgeAlike = (ids: readonly string[], choice: 'confirm' | 'undecide' | RejectReason) => {
    const [findingId, ...also] = ids;
    if (!findingId) return;
    if (choice === 'confirm' || choice === 'undecide') run({ action: choice, findingId, also });
    else run({ action: 'reject', findingId, also, reason: choice });
    focus(choice === 'undecide' ? findingId : (nextOpen(ordered, findingId, ids) ?? findingId));
  };
  const undo = (id: string | null) => {
    const decided = view.findings.filter((item) => item.decidedAt !== null && (item.state === 'confirmed' || item.state === 'rejected'));
    const own = decided.find((item) => item.id === id);
    const last = [...decided].sort((a, b) => (b.decidedAt ?? '').localeCompare(a.decidedAt ?? ''))[0];
    const target = own ?? last;
    if (!target) return;
    run({ action: 'undecide', findingId: target.id });
    focus(target.id);
  };
  const takeNext = () =>
    next.mutate(undefined, {
      onSuccess: (id) => {
        if (id) go(`/cases/${id}`);
        else void message.info(words.queue.nothing);
      },
      onError: tell,
    });
  const openDialog = (name: Dialog, action: string) => {
    if (!refuse(action)) setDialog(name);
  };
  return {
    view,
    ordered,
    focused,
    finding,
    lit,
    setLit,
    focus,
    dialog,
    setDialog,
    openDialog,
    stale,
    setStale,
    shownPost,
    setPostId,
    run,
    confirm,
    reject,
    undo,
    alikeTo,
    openAlike,
    judgeAlike,
    takeNext,
    busy: act.isPending,
    taking: next.isPending,
  };
}
export type Review = ReturnType<typeof useReview>;
