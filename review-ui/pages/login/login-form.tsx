/** Login and password, used on the login page and in the dialog of an expired session. */
import { Button, Input } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useLogin } from '../../api/writes.ts';
import { failureCode, failureSentence } from '../../parts/page-state.tsx';
import { useLanguage } from '../../text/language.tsx';

export function LoginForm({ fixedLogin, onDone, onPassword }: { fixedLogin?: string; onDone?: () => void; onPassword?: (password: string) => void }) {
  const { words, language } = useLanguage();
  const login = useLogin();
  const id = useId();
  const [name, setName] = useState(fixedLogin ?? '');
  const [password, setPassword] = useState('');
  const [caps, setCaps] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name || !password) return;
    onPassword?.(password);
    login.mutate({ login: name.trim(), password }, { onSuccess: () => onDone?.() });
  };
  return (
    <form onSubmit={submit} className="stack">
      <div>
        <label className="meta" htmlFor={`${id}-1`}>
          {words.login.login}
        </label>
        <Input
          id={`${id}-1`}
          value={name}
          onChange={(e) => setName(e.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          autoFocus={!fixedLogin}
          disabled={Boolean(fixedLogin)}
          name="login"
        />
      </div>
      <div>
        <label className="meta" htmlFor={`${id}-2`}>
          {words.login.password}
        </label>
        <Input.Password
          id={`${id}-2`}
          value={password}
          onChange={(e) => setPassword(e.target.value)}
          onKeyUp={(e) => setCaps(e.getModifierState('CapsLock'))}
          autoComplete="current-password"
          autoFocus={Boolean(fixedLogin)}
          name="password"
        />
      </div>
      {caps ? <p className="meta">{words.login.caps}</p> : null}
      {login.error ? (
        <p className="warn" role="alert">
          {failureSentence(login.error, language)} <span className="mono">{failureCode(login.error)}</span>
        </p>
      ) : null}
      <Button type="primary" htmlType="submit" loading={login.isPending} disabled={!name || !password} block>
        {words.login.submit}
      </Button>
    </form>
  );
}
