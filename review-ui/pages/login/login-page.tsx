/** The first page of somebody unknown. */
import { useLanguage } from '../../text/language.tsx';
import { LoginForm } from './login-form.tsx';

export function LoginPage({ onPassword }: { onPassword: (password: string) => void }) {
  const { words, toggle } = useLanguage();
  return (
    <main className="door">
      <div>
        <h1>
          {words.brand} <span className="meta">{words.brandSub}</span>
        </h1>
        <LoginForm onPassword={onPassword} />
        <p className="meta">{words.login.hint}</p>
        <button type="button" className="plain link meta" onClick={toggle}>
          {words.other}
        </button>
      </div>
    </main>
  );
}
