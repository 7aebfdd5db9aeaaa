/** The form that adds a source or accepts a candidate: its fields are what the adapter of the platform declares. */
import { Alert, Input, Modal, Select } from 'antd';
import { useId, useState } from 'react';
import type { CandidateRow, SourceField, SourceKind } from '../../../core/model/api-source.ts';
import { useKinds } from '../../api/sources.ts';
import { isSubmitKey } from '../../keys/use-keys.ts';
import { Answer, failureSentence } from '../../parts/page-state.tsx';
import { useLanguage } from '../../text/language.tsx';

export interface SourceWish {
  readonly platform: string;
  readonly name: string;
  readonly role: 'visit' | 'search';
  readonly fields: Record<string, string>;
}
interface SourceFormProps {
  readonly candidate?: CandidateRow;
  readonly busy: boolean;
  readonly failure: unknown;
  readonly onOk: (wish: SourceWish) => void;
  readonly onClose: () => void;
}

function Field({ field, value, onChange, onSend }: { field: SourceField; value: string; onChange: (value: string) => void; onSend: () => void }) {
  const { language, words } = useLanguage();
  const id = useId();
  const input = {
    id,
    value,
    placeholder: field.kind === 'url' ? 'https://' : undefined,
    'aria-required': field.required,
    'aria-describedby': `${id}-hint`,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  return (
    <div>
      <label className="meta" htmlFor={id}>
        {field.label[language]} {field.required ? `· ${words.sources.form.required}` : ''}
      </label>
      {field.kind === 'lines' ? (
        <Input.TextArea {...input} autoSize={{ minRows: 2, maxRows: 6 }} onKeyDown={(event) => isSubmitKey(event) && onSend()} />
      ) : (
        <Input {...input} inputMode={field.kind === 'url' ? 'url' : 'text'} onKeyDown={(event) => isSubmitKey(event) && onSend()} />
      )}
      <span id={`${id}-hint`} className="meta wrap">
        {field.hint[language]}
      </span>
    </div>
  );
}

function About({ kind }: { kind: SourceKind }) {
  const { words } = useLanguage();
  const f = words.sources.form;
  return (
    <>
      <p className="meta">
        {f.access[kind.access] ?? kind.access} · {f.gap((kind.floorDelayMs / 1_000).toString())}
      </p>
      {kind.access === 'public' ? null : <Alert type="warning" showIcon title={f.walled} />}
    </>
  );
}

function Fields({ kinds, candidate, busy, failure, onOk, onClose }: SourceFormProps & { readonly kinds: readonly SourceKind[] }) {
  const { language, words } = useLanguage();
  const f = words.sources.form;
  const id = useId();
  const [platform, setPlatform] = useState(candidate?.platform ?? kinds[0]?.platform ?? '');
  const [name, setName] = useState(candidate?.name ?? '');
  const [role, setRole] = useState<SourceWish['role']>('visit');
  const [fields, setFields] = useState<Record<string, string>>(candidate?.url ? { url: candidate.url } : {});
  const kind = kinds.find((k) => k.platform === platform);
  const ready = name.trim() !== '' && kind !== undefined && kind.fields.every((field) => !field.required || (fields[field.name] ?? '').trim() !== '');
  const send = () => {
    if (!ready || busy || !kind) return;
    const asked = kind.fields.flatMap((field) => ((fields[field.name] ?? '').trim() ? [[field.name, (fields[field.name] ?? '').trim()]] : []));
    onOk({ platform, name: name.trim(), role, fields: Object.fromEntries(asked) });
  };
  return (
    <Modal
      open
      title={candidate ? f.acceptTitle : f.title}
      okText={
        <>
          {candidate ? f.accept : f.save} <kbd>Ctrl Enter</kbd>
        </>
      }
      okButtonProps={{ disabled: !ready, loading: busy }}
      cancelText={words.common.cancel}
      onOk={send}
      onCancel={onClose}
      width={520}
    >
      <div className="stack">
        <div>
          <label className="meta" htmlFor={`${id}-platform`}>
            {f.platform}
          </label>
          <Select
            id={`${id}-platform`}
            style={{ width: '100%' }}
            value={platform}
            disabled={candidate !== undefined}
            showSearch={{ optionFilterProp: 'label' }}
            options={kinds.map((k) => ({ value: k.platform, label: k.name[language] }))}
            onChange={setPlatform}
          />
        </div>
        {kind ? <About kind={kind} /> : null}
        <div>
          <label className="meta" htmlFor={`${id}-name`}>
            {f.name} · {f.required}
          </label>
          <Input
            id={`${id}-name`}
            value={name}
            maxLength={200}
            placeholder={f.nameHint}
            autoFocus
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => isSubmitKey(event) && send()}
          />
        </div>
        {kind?.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={fields[field.name] ?? ''}
            onChange={(value) => setFields((now) => ({ ...now, [field.name]: value }))}
            onSend={send}
          />
        ))}
        <div>
          <label className="meta" htmlFor={`${id}-role`}>
            {f.role}
          </label>
          <Select
            id={`${id}-role`}
            style={{ width: '100%' }}
            value={role}
            options={(['visit', 'search'] as const).map((value) => ({ value, label: f.roles[value] }))}
            onChange={setRole}
          />
        </div>
        {failure ? <Alert type="error" showIcon role="alert" title={failureSentence(failure, language)} /> : null}
      </div>
    </Modal>
  );
}

export function SourceForm(props: SourceFormProps) {
  const kinds = useKinds(true);
  const { words } = useLanguage();
  if (kinds.data) return <Fields {...props} kinds={kinds.data.items} />;
  return (
    <Modal open title={words.sources.form.title} footer={null} onCancel={props.onClose}>
      <Answer query={kinds}>{() => null}</Answer>
    </Modal>
  );
}
