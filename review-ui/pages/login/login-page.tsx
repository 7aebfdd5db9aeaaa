/** The first page of somebody unknown. */
import { useAbout } from '../../api/queries.ts';
import { useLanguage } from '../../text/language.tsx';
import { LoginForm } from './login-form.tsx';

export function LoginPage({ onPassword }: { onPassword: (password: string) => void }) {
  const { words, toggle } = useLanguage();
  const about = useAbout().data;
  return (
    <>
      {about?.demo ? <div className="demo-rim" /> : null}
      <main className="door">
        <div>
          <h1>
            {words.brand} <span className="meta">{words.brandSub}</span>
            {about?.demo ? (
              <span className="demo" title={words.demo.hint}>
                {words.demo.mark}
              </span>
            ) : null}
          </h1>
          {about ? <p className="meta">{about.issuer}</p> : null}
          <LoginForm onPassword={onPassword} />
          <p className="meta">{words.login.hint}</p>
          <p className="row">
            <button type="button" className="plain link meta" onClick={toggle}>
              {words.other}
            </button>
            {about ? <span className="meta">{words.login.version(about.version)}</span> : null}
          </p>
        </div>
      </main>
    </>
  );
}
