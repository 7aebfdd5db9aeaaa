/** What the accounts of a cluster share, thing by thing: who shows it, since when, in which post, and taking it off as a link. */
import { App, Button } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ClusterView, SharedThingView } from '../../../core/model/api-network.ts';
import { usePost } from '../../api/queries.ts';
import { useIgnoreThing } from '../../api/writes.ts';
import { PostBody } from '../../parts/evidence.tsx';
import { Answer, failureSentence, useMay } from '../../parts/page-state.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { day } from '../../text/when.ts';

/** The post a thing stands in, read only when somebody asks. */
function PostText({ id }: { id: string }) {
  const query = usePost(id);
  return (
    <Answer query={query}>
      {({ post }) => (
        <div className="pad-y">
          <p>
            <b>{post.title}</b>
          </p>
          <PostBody text={post.text} capture={post.capture} />
        </div>
      )}
    </Answer>
  );
}

function Holder({ holder, name }: { holder: SharedThingView['holders'][number]; name: string }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  return (
    <li className="holder">
      <Link href={`/accounts/${holder.accountId}`} className="wrap">
        {name}
      </Link>{' '}
      <span className="meta">
        {holder.posts > 0 ? words.network.inPosts(holder.posts) : words.network.ownPage} · {day(holder.firstSeenAt)}
        {holder.own ? '' : ` · ${words.network.repeated}`}
      </span>{' '}
      {holder.postId ? (
        <button type="button" className="plain link" aria-expanded={open} aria-label={`${words.network.showPost} ${name}`} onClick={() => setOpen(!open)}>
          {open ? words.common.close : words.network.showPost}
        </button>
      ) : null}
      {open && holder.postId ? <PostText id={holder.postId} /> : null}
    </li>
  );
}

/** Asks for a reason and takes a thing off as a link, or puts it back. */
export function IgnoreButton({ thing, ignore }: { thing: { readonly id: string }; ignore: boolean }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const [asking, setAsking] = useState(false);
  const act = useIgnoreThing();
  if (!useMay('case.review')) return null;
  const say = words.network;
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>
        {ignore ? say.ignore : say.restore}
      </Button>
      {asking ? (
        <ReasonDialog
          title={ignore ? say.ignoreTitle : say.restoreTitle}
          hint={say.ignoreHint}
          ok={ignore ? say.ignore : say.restore}
          max={500}
          busy={act.isPending}
          onClose={() => setAsking(false)}
          onOk={(reason) =>
            act.mutate(
              { id: thing.id, ignore, reason },
              {
                onSuccess: () => {
                  setAsking(false);
                  void message.success(ignore ? say.ignored : say.restored);
                },
                onError: (failure) => void message.error(failureSentence(failure, language)),
              },
            )
          }
        />
      ) : null}
    </>
  );
}

export function Things({ view, focus, onFocus }: { view: ClusterView; focus: string | null; onFocus: (id: string | null) => void }) {
  const words = useWords();
  const names = new Map(view.accounts.map((a) => [a.id, a.name]));
  if (view.things.length === 0) return <p className="meta pad-y">{words.network.noThings}</p>;
  return (
    <ul className="list bare">
      {view.things.map((thing) => (
        <li
          key={thing.id}
          className={`thing${focus === thing.id || thing.holders.some((h) => h.accountId === focus) ? ' cursor' : ''}`}
          onMouseEnter={() => onFocus(thing.id)}
          onMouseLeave={() => onFocus(null)}
        >
          <div className="thing-head">
            <span className="tag">{words.network.kind[thing.kind]}</span> <b className="wrap">{thing.label}</b>
            <span className="thing-act">
              <IgnoreButton thing={thing} ignore={thing.ignored === null} />
            </span>
          </div>
          <p className="meta">
            {words.network.elsewhere(thing.accounts, thing.parties)}
            {names.has(thing.firstAccountId) ? ` · ${words.network.firstBy(day(thing.firstSeenAt), names.get(thing.firstAccountId) ?? '')}` : ''}
          </p>
          {thing.ignored ? <p className="warn">{words.network.ignoredBy(thing.ignored.by, thing.ignored.reason)}</p> : null}
          <ul className="holders">
            {thing.holders.map((holder) => (
              <Holder key={holder.accountId} holder={holder} name={names.get(holder.accountId) ?? '—'} />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
