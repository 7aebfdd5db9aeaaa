/** Ctrl+K: pages, the next case, and cases or accounts by number or name. */
import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import { Command } from 'cmdk';
import { useDeferredValue, useState } from 'react';
import { useLocation } from 'wouter';
import type { AccountView, QueuePage } from '../../core/model/api.ts';
import { get } from '../api/client.ts';
import type { Page } from '../api/queries.ts';
import { useTakeNext } from '../api/writes.ts';
import { NAV } from '../parts/nav.ts';
import { useMay } from '../parts/page-state.tsx';
import { Platform } from '../parts/small.tsx';
import { useWords } from '../text/language.tsx';

export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [value, setValue] = useState('');
  const q = useDeferredValue(text.trim());
  const mayCases = useMay('case.read');
  const mayAccounts = useMay('account.read');
  const mayReview = useMay('case.review');
  const next = useTakeNext();
  const cases = useQuery({
    queryKey: ['queue', 'palette', q],
    queryFn: ({ signal }) => get<QueuePage>('/queue', { q, limit: 6 }, signal),
    enabled: open && mayCases && q.length > 0,
  });
  const accounts = useQuery({
    queryKey: ['accounts', 'palette', q],
    queryFn: ({ signal }) => get<Page<AccountView>>('/accounts', { q, limit: 6 }, signal),
    enabled: open && mayAccounts && q.length > 0,
  });
  const visit = (path: string) => {
    onClose();
    setText('');
    go(path);
  };
  const fits = (name: string) => !q || name.toLowerCase().includes(q.toLowerCase());
  const mayNext = mayReview && fits(words.palette.next);
  const pages = NAV.filter((row) => fits(words.nav[row.name]));
  // answers come later than the typing: what is chosen must be something that is still listed
  const listed = [
    ...pages.map((row) => row.path),
    ...(mayNext ? ['next'] : []),
    ...(cases.data?.items ?? []).map((row) => row.id),
    ...(accounts.data?.items ?? []).map((row) => row.id),
  ];
  const chosen = listed.includes(value) ? value : (listed[0] ?? '');
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={560}
      destroyOnHidden
      styles={{ container: { padding: 0 }, body: { padding: 0 } }}
      style={{ top: 96 }}
    >
      <Command label={words.nav.palette} shouldFilter={false} value={chosen} onValueChange={setValue} className="palette">
        <Command.Input value={text} onValueChange={setText} placeholder={words.palette.placeholder} autoFocus />
        <Command.List>
          <Command.Empty>{words.palette.empty}</Command.Empty>
          {pages.length ? (
            <Command.Group heading={words.palette.pages}>
              {pages.map((row) => (
                <Command.Item key={row.path} value={row.path} onSelect={() => visit(row.path)}>
                  <span className="grow">{words.nav[row.name]}</span>
                  <kbd>{row.key}</kbd>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {mayNext ? (
            <Command.Group heading={words.palette.acts}>
              <Command.Item value="next" onSelect={() => next.mutate(undefined, { onSuccess: (id) => visit(id ? `/cases/${id}` : '/queue') })}>
                {words.palette.next}
              </Command.Item>
            </Command.Group>
          ) : null}
          {cases.data?.items.length ? (
            <Command.Group heading={words.palette.cases}>
              {cases.data.items.map((row) => (
                <Command.Item key={row.id} value={row.id} onSelect={() => visit(`/cases/${row.id}`)}>
                  <span className="mono nowrap">{row.number}</span>
                  <span className="grow clip">{row.account.name}</span>
                  <span className="meta">{words.labels.caseState[row.state]}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {accounts.data?.items.length ? (
            <Command.Group heading={words.palette.accounts}>
              {accounts.data.items.map((row) => (
                <Command.Item key={row.id} value={row.id} onSelect={() => visit(`/accounts/${row.id}`)}>
                  <span className="grow clip">{row.name}</span>
                  <span className="meta clip">
                    <Platform id={row.platform} />
                  </span>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
        </Command.List>
      </Command>
    </Modal>
  );
}
