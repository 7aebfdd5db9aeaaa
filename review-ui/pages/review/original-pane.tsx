/** The post as it was: text with marks, page shot, sealed bytes; its versions, and where the evidence is. */
import { Skeleton } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import type { PostView } from '../../../core/model/api.ts';
import { addressOf } from '../../api/client.ts';
import { RAW_LIMIT, useAwaited, usePost, useRaw } from '../../api/queries.ts';
import { useUnmask } from '../../api/writes.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { OriginLine, SealedLine } from '../../parts/evidence.tsx';
import { Highlight } from '../../parts/highlight.tsx';
import { MaskedPicture } from '../../parts/masked-picture.tsx';
import { Answer, useMay } from '../../parts/page-state.tsx';
import { diffText } from '../../parts/text-diff.ts';
import { useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { AccountStrip } from './account-strip.tsx';
import { Hold } from './hold.tsx';
import { Looks } from './looks.tsx';
import { Pictures } from './pictures.tsx';
import type { Review } from './use-review.ts';

type Tab = 'text' | 'shot' | 'raw' | 'looks';
const TABS: readonly Tab[] = ['shot', 'text', 'raw', 'looks'];
const SIDE_FIELDS = ['company', 'salary', 'location', 'sex', 'age', 'education', 'headcount', 'businessScope'] as const;

const fieldOf = (post: PostView, field: (typeof SIDE_FIELDS)[number]): string => {
  const value: unknown = field === 'company' || field === 'salary' || field === 'location' ? post[field] : post.input[field];
  return typeof value === 'string' ? value : '';
};

function Marked({ text, field, review }: { text: string; field: string; review: Review }) {
  const marks = review.ordered.all.filter((mark) => mark.finding.postId === review.shownPost?.id);
  return <Highlight text={text} field={field} marks={marks} lit={review.lit} focused={review.focused} onHover={review.setLit} onPick={review.focus} />;
}

function TextTab({ post, review }: { post: PostView; review: Review }) {
  const words = useWords();
  return (
    <article className="post">
      <h3 className="post-title">
        <Marked text={post.title} field="title" review={review} />
      </h3>
      <dl className="facts">
        {SIDE_FIELDS.filter((field) => fieldOf(post, field)).map((field) => (
          <div key={field} className="contents">
            <dt>{words.review.fields[field]}</dt>
            <dd>
              <Marked text={fieldOf(post, field)} field={field} review={review} />
            </dd>
          </div>
        ))}
      </dl>
      {post.text ? (
        <p className="post-text">
          <Marked text={post.text} field="text" review={review} />
        </p>
      ) : (
        <p className="meta">{post.pictures.length > 0 ? words.review.onlyPictures : words.review.noText}</p>
      )}
      <Pictures post={post} review={review} />
    </article>
  );
}

function ShotTab({ post, caseId }: { post: PostView; caseId: string }) {
  const words = useWords();
  useAwaited(caseId, post.capture !== null && !post.capture.hasShot);
  if (!post.capture?.hasShot) {
    return (
      <div className="state">
        <h2>{words.review.noShot}</h2>
        <p>{words.review.noShotWhy}</p>
      </div>
    );
  }
  return (
    <figure>
      <figcaption className="meta pad">{post.capture.shotFrom === 'live' ? words.review.shotLive : words.review.shotSealed}</figcaption>
      <MaskedPicture className="shot" address={addressOf(`/captures/${post.capture.id}/shot.png`)} name={post.title} />
    </figure>
  );
}

function RawTab({ post }: { post: PostView }) {
  const words = useWords();
  const raw = useRaw(post.capture?.id ?? null);
  if (!post.capture) return <p className="meta pad">{words.common.none}</p>;
  return (
    <Answer query={raw} skeleton={<Skeleton active className="pad" paragraph={{ rows: 10 }} />}>
      {({ text, cut }) => (
        <>
          <p className="meta pad">
            {words.review.rawNote} {cut ? words.review.rawCut(RAW_LIMIT) : ''}
          </p>
          <pre className="raw">{text}</pre>
        </>
      )}
    </Answer>
  );
}

function OldVersion({ post, version }: { post: PostView; version: number }) {
  const words = useWords();
  const detail = usePost(post.id);
  return (
    <Answer query={detail} skeleton={<Skeleton active className="pad" paragraph={{ rows: 8 }} />}>
      {({ versions }) => {
        const at = versions.find((item) => item.version === version);
        const next = versions.find((item) => item.version === version + 1);
        if (!at) return <p className="meta pad">—</p>;
        const pieces = next ? diffText(at.text, next.text) : [{ kind: 'same' as const, text: at.text }];
        const same = next?.text === at.text;
        return (
          <article className="post">
            <p className="meta">
              {moment(at.seenAt)} {next ? `· ${same ? words.review.noDiff : words.review.diff(version + 1)}` : ''}
            </p>
            <h3 className="post-title">{at.title}</h3>
            <p className="post-text">
              {pieces.map((piece, i) =>
                piece.kind === 'same' ? (
                  <span key={i}>{piece.text}</span>
                ) : piece.kind === 'added' ? (
                  <ins key={i}>{piece.text}</ins>
                ) : (
                  <del key={i}>{piece.text}</del>
                ),
              )}
            </p>
          </article>
        );
      }}
    </Answer>
  );
}

function Stepper({ label, at, of, onStep }: { label: string; at: number; of: number; onStep: (by: 1 | -1) => void }) {
  return (
    <span className="stepper meta">
      {label}
      <button type="button" className="plain" disabled={at <= 1} onClick={() => onStep(-1)} aria-label={`${label} −1`}>
        ‹
      </button>
      <span className="num">
        {at} / {of}
      </span>
      <button type="button" className="plain" disabled={at >= of} onClick={() => onStep(1)} aria-label={`${label} +1`}>
        ›
      </button>
    </span>
  );
}

export function OriginalPane({ review }: { review: Review }) {
  const words = useWords();
  // Sealed bytes show everything, so only those see them who may.
  const mayAll = useMay('evidence.unmask');
  const tabs = mayAll ? TABS : TABS.filter((name) => name !== 'raw');
  const [tab, setTab] = useState<Tab>('text');
  const [old, setOld] = useState<{ post: string; version: number } | null>(null);
  const post = review.shownPost;
  const posts = review.view.posts;
  const at = post ? posts.indexOf(post) : -1;
  const version = post && old?.post === post.id ? old.version : (post?.version ?? 1);
  const stepPost = (by: 1 | -1) => {
    const to = posts[at + by];
    if (to) review.setPostId(to.id);
  };
  const stepVersion = (by: 1 | -1) => {
    if (!post) return;
    const to = Math.min(post.version, Math.max(1, version + by));
    setTab('text');
    setOld(to === post.version ? null : { post: post.id, version: to });
  };
  const stepTab = () => setTab((now) => tabs[(tabs.indexOf(now) + 1) % tabs.length] ?? 'text');
  useKeys({
    nextTab: stepTab,
    prevPost: () => stepPost(-1),
    nextPost: () => stepPost(1),
    olderVersion: () => stepVersion(-1),
    newerVersion: () => stepVersion(1),
  });
  return (
    <section className="pane" aria-label={words.review.original}>
      <div className="pane-head">
        <div role="tablist" className="tabs">
          {tabs.map((name) => (
            <button key={name} type="button" role="tab" className="plain" aria-selected={tab === name} onClick={() => setTab(name)}>
              {words.review.tabs[name]}
            </button>
          ))}
        </div>
        <span className="grow" />
        {posts.length > 1 ? <Stepper label={words.review.post} at={at + 1} of={posts.length} onStep={stepPost} /> : null}
        {post && post.version > 1 ? <Stepper label={words.review.version} at={version} of={post.version} onStep={stepVersion} /> : null}
      </div>
      <div className="pane-body" key={`${post?.id}-${tab}`}>
        {post === null ? <p className="meta pad">{words.review.noPosts}</p> : null}
        {post && tab === 'text' ? version === post.version ? <TextTab post={post} review={review} /> : <OldVersion post={post} version={version} /> : null}
        {post && tab === 'shot' ? <ShotTab key={post.id} post={post} caseId={review.view.id} /> : null}
        {post && tab === 'raw' ? <RawTab post={post} /> : null}
        {post && tab === 'looks' ? <Looks key={post.id} postId={post.id} /> : null}
        {post ? <Sealed post={post} caseId={review.view.id} /> : null}
        {review.view.postCount > posts.length ? (
          <p className="meta sealed wrap">
            <Link href={`/accounts/${review.view.account.id}`}>{words.review.morePosts(review.view.postCount)}</Link>
          </p>
        ) : null}
        <Hold caseId={review.view.id} />
        <AccountStrip view={review.view} />
      </div>
    </section>
  );
}

/** Numbers are masked until somebody asks; asking is logged. */
function Unmask({ caseId }: { caseId: string }) {
  const words = useWords();
  const unmask = useUnmask(caseId);
  if (!useMay('evidence.unmask') || unmask.isSuccess) return null;
  return (
    <button type="button" className="plain link" title={words.review.unmaskHint} disabled={unmask.isPending} onClick={() => unmask.mutate()}>
      {words.review.unmask}
    </button>
  );
}

/** When it was last seen alive and, once gone, when that was first seen and by whom it was taken down. */
function Fate({ post }: { post: PostView }) {
  const words = useWords();
  const mayAll = useMay('evidence.unmask');
  if (post.gone === null) return <> · {words.review.alive(moment(post.lastSeenAt))}</>;
  return (
    <>
      {' · '}
      {words.review.alive(moment(post.lastSeenAt))}
      <br />
      <span className="warn">
        {words.review.gone(moment(post.gone.at))} · {words.review.goneBy[post.gone.by] ?? post.gone.by}
      </span>
      {post.gone.reason ? <span> · {words.review.pageSaid(post.gone.reason)}</span> : null}
      {post.gone.captureId && mayAll ? (
        <>
          {' · '}
          <a href={addressOf(`/captures/${post.gone.captureId}/raw`)} target="_blank" rel="noreferrer">
            {words.review.goneProof}
          </a>
        </>
      ) : null}
    </>
  );
}

function Sealed({ post, caseId }: { post: PostView; caseId: string }) {
  const words = useWords();
  return (
    <p className="meta sealed wrap">
      {words.labels.postStatus[post.status] ?? post.status}
      <Fate post={post} />
      {post.capture ? (
        <>
          {' · '}
          <SealedLine capture={post.capture} /> <OriginLine capture={post.capture} />
        </>
      ) : null}
      {`${post.text}${post.input.imageText ?? ''}`.includes('*') ? (
        <>
          {' · '}
          <Unmask caseId={caseId} />
        </>
      ) : null}
      {post.url ? (
        <>
          <br />
          {words.review.source} <span className="mono">{post.url}</span>
        </>
      ) : null}
    </p>
  );
}
