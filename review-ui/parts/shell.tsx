/** The bar that stays: where one is, what waits, the demo mark, keys and palette. */
import { Dropdown, Modal, Tooltip } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { MeView } from '../../core/model/api.ts';
import { onConnection } from '../api/client.ts';
import { useCounts } from '../api/queries.ts';
import { useLogout } from '../api/writes.ts';
import { KeysHelp } from '../keys/keys-help.tsx';
import { Palette } from '../keys/palette.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { PasswordForm } from '../pages/login/password-page.tsx';
import { useLanguage } from '../text/language.tsx';
import { count } from '../text/when.ts';
import type { Words } from '../text/zh-cn.ts';
import { NAV } from './nav.ts';
import { useMay } from './page-state.tsx';

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => onConnection(setOnline), []);
  useEffect(() => {
    const on = () => setOnline(true);
    const off = () => setOnline(false);
    window.addEventListener('online', on);
    window.addEventListener('offline', off);
    return () => {
      window.removeEventListener('online', on);
      window.removeEventListener('offline', off);
    };
  }, []);
  return online;
}

const here = (path: string, location: string): boolean =>
  path === '/' ? location === '/' : location.startsWith(path) || (path === '/queue' && location.startsWith('/cases/'));

function Nav({ me, words }: { me: MeView; words: Words }) {
  const [location] = useLocation();
  const mayRead = me.user.capabilities.includes('case.read');
  const counts = useCounts(mayRead).data;
  const badge: Record<string, number | undefined> = {
    '/queue': counts?.byState.open,
    '/approvals': me.user.capabilities.includes('case.approve') ? counts?.byState.proposed : undefined,
    '/notices': counts?.noticesNeedingMe,
  };
  return (
    <nav aria-label={words.nav.menu}>
      {NAV.filter((row) => row.needs === null || me.user.capabilities.includes(row.needs)).map((row) => (
        <Link key={row.path} href={row.path} aria-current={here(row.path, location) ? 'page' : undefined}>
          {words.nav[row.name]}
          {badge[row.path] ? <span className="meta">{count(badge[row.path] ?? 0)}</span> : null}
        </Link>
      ))}
    </nav>
  );
}

export function Shell({ me, shade, onShade, children }: { me: MeView; shade: 'light' | 'dark'; onShade: () => void; children: ReactNode }) {
  const { words, toggle } = useLanguage();
  const [, go] = useLocation();
  const online = useOnline();
  const logout = useLogout();
  const [open, setOpen] = useState<'keys' | 'palette' | 'password' | null>(null);
  const mayRead = useMay('case.read');
  useKeys({
    help: () => setOpen('keys'),
    escape: () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
    palette: () => setOpen('palette'),
    goHome: () => go('/'),
    goQueue: () => go('/queue'),
    goCase: () => go('/queue?mine=true'),
    goApprovals: () => go('/approvals'),
    goNotices: () => go('/notices'),
    goRuns: () => go('/runs'),
    goSources: () => go('/sources'),
    goAccounts: () => go('/accounts'),
    goClusters: () => go('/clusters'),
    goRules: () => go('/rules'),
    goLicences: () => go('/licences'),
    goImports: () => go('/imports'),
  });
  const close = () => setOpen(null);
  useEffect(() => {
    document.title = me.demo ? `${words.demo.mark} · ${words.brand}` : words.brand;
  }, [me.demo, words]);
  return (
    <>
      {me.demo ? <div className="demo-rim" /> : null}
      <header className="bar">
        <a className="skip-link" href="#main">
          {words.nav.skip}
        </a>
        <Link href="/" className="brand">
          {words.brand}
        </Link>
        <Nav me={me} words={words} />
        <div className="tools">
          {me.demo ? (
            <Tooltip title={words.demo.hint}>
              <span className="demo">{words.demo.mark}</span>
            </Tooltip>
          ) : null}
          {mayRead ? (
            <button type="button" className="plain meta wide-only" onClick={() => setOpen('palette')}>
              {words.nav.palette} <kbd>Ctrl K</kbd>
            </button>
          ) : null}
          <button type="button" className="plain meta wide-only" onClick={() => setOpen('keys')} aria-label={words.nav.keys}>
            <kbd>?</kbd>
          </button>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'who', label: me.user.roles.map((role) => words.roles[role] ?? role).join(' · '), disabled: true },
                { type: 'divider' },
                { key: 'language', label: words.other, onClick: toggle },
                { key: 'theme', label: `${words.nav.theme} · ${words.shade[shade]}`, onClick: onShade },
                { key: 'keys', label: words.nav.keys, onClick: () => setOpen('keys') },
                { key: 'password', label: words.nav.password, onClick: () => setOpen('password') },
                { type: 'divider' },
                { key: 'logout', label: words.nav.logout, onClick: () => logout.mutate() },
              ],
            }}
          >
            <button type="button" className="plain clip" style={{ maxWidth: 120 }} aria-haspopup="menu">
              {me.user.name}
            </button>
          </Dropdown>
        </div>
      </header>
      {online ? null : (
        <div className="offline" role="status">
          {words.state.offline}
        </div>
      )}
      <div id="main" tabIndex={-1} style={{ outline: 'none' }}>
        {children}
      </div>
      <KeysHelp open={open === 'keys'} onClose={close} />
      <Palette open={open === 'palette'} onClose={close} />
      <Modal open={open === 'password'} title={words.nav.password} onCancel={close} footer={null} width={400} destroyOnHidden>
        <PasswordForm login={me.user.login} known="" onDone={close} />
      </Modal>
    </>
  );
}
