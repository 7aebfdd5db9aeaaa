/** Asks for a login in place when the session has ended, over the page, so that nothing typed is lost. */
import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useEffect, useState } from 'react';
import type { MeView } from '../../core/model/api.ts';
import { onSessionExpired } from '../api/client.ts';
import { LoginForm } from '../pages/login/login-form.tsx';
import { useWords } from '../text/language.tsx';

export function SessionModal({ me }: { me: MeView }) {
  const words = useWords();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  useEffect(() => onSessionExpired(() => setOpen(true)), []);
  return (
    <Modal open={open} title={words.login.again401} footer={null} closable={false} keyboard={false} mask={{ closable: false }} width={400} destroyOnHidden>
      <p className="meta" style={{ marginBottom: 12 }}>
        {words.login.again401Hint}
      </p>
      <LoginForm
        fixedLogin={me.user.login}
        onDone={() => {
          setOpen(false);
          void client.invalidateQueries();
        }}
      />
    </Modal>
  );
}
