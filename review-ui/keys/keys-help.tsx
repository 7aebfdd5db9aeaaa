/** The key table on screen: drawn from the table the dispatcher obeys. */
import { Modal } from 'antd';
import { useWords } from '../text/language.tsx';
import { KEYMAP, type KeyGroup, keyName } from './keymap.ts';

const GROUPS: readonly KeyGroup[] = ['anywhere', 'list', 'review', 'approval'];

export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Modal open={open} onCancel={onClose} footer={null} width={760} title={words.keys.title} destroyOnHidden>
      <p className="meta">{words.keys.hint}</p>
      <div className="key-columns">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{words.keys.groups[group]}</h3>
            <dl>
              {KEYMAP.filter((row) => row.group === group).map((row) => (
                <div key={row.act} className="key-row">
                  <dt>
                    {row.act === 'finding' ? (
                      <kbd>1-9</kbd>
                    ) : (
                      row.keys.map((key) => (
                        <span key={key}>
                          {key.split(/(?<=\S) (?=\S)/).map((part) => (
                            <kbd key={part}>{keyName(part)}</kbd>
                          ))}{' '}
                        </span>
                      ))
                    )}
                  </dt>
                  <dd>{words.keys.acts[row.act]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
