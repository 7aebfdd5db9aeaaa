/** A one-time password is replaced before anything else can be seen. */
import { App, Button, Input } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import type { MeView } from '../../../core/model/api.ts';
import { usePasswordChange } from '../../api/writes.ts';
import { failureCode, failureSentence } from '../../parts/page-state.tsx';
import { useLanguage } from '../../text/language.tsx';

const SHORTEST = 10;

/** @param known the password just typed at the login, so that it need not be typed twice. */
export function PasswordForm({ login, known, onDone }: { login: string; known: string; onDone?: () => void }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const change = usePasswordChange();
  const id = useId();
  const [current, setCurrent] = useState(known);
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const fault = next && next.length < SHORTEST ? words.login.tooShort : again && again !== next ? words.login.mismatch : null;
  const ready = current && next.length >= SHORTEST && next === again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    change.mutate(
      { current, next },
      {
        onSuccess: () => {
          void message.success(words.login.changed);
          onDone?.();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="stack">
      <input type="text" name="username" autoComplete="username" value={login} readOnly hidden />
      {known ? null : (
        <div>
          <label className="meta" htmlFor={`${id}-1`}>
            {words.login.current}
          </label>
          <Input.Password id={`${id}-1`} value={current} onChange={(e) => setCurrent(e.target.value)} autoComplete="current-password" name="current" />
        </div>
      )}
      <div>
        <label className="meta" htmlFor={`${id}-2`}>
          {words.login.next}
        </label>
        <Input.Password id={`${id}-2`} value={next} onChange={(e) => setNext(e.target.value)} autoComplete="new-password" name="next" autoFocus />
      </div>
      <div>
        <label className="meta" htmlFor={`${id}-3`}>
          {words.login.again}
        </label>
        <Input.Password id={`${id}-3`} value={again} onChange={(e) => setAgain(e.target.value)} autoComplete="new-password" name="again" />
      </div>
      {fault ? <p className="warn">{fault}</p> : null}
      {change.error ? (
        <p className="warn" role="alert">
          {failureSentence(change.error, language)} <span className="mono">{failureCode(change.error)}</span>
        </p>
      ) : null}
      <Button type="primary" htmlType="submit" block disabled={!ready} loading={change.isPending}>
        {words.common.save}
      </Button>
    </form>
  );
}

export function PasswordPage({ me, known }: { me: MeView; known: string }) {
  const { words } = useLanguage();
  return (
    <main className="door">
      <div>
        <h1>
          {words.login.changeTitle} {me.demo ? <span className="demo">{words.demo.mark}</span> : null}
        </h1>
        <p className="meta">
          {me.user.name} · {words.login.changeHint}
        </p>
        <PasswordForm login={me.user.login} known={known} />
      </div>
    </main>
  );
}
