/**
 * The one table of keys: what `?` shows is what the dispatcher obeys. `free` keys are single letters that act only
 * when nothing has focus; `held` keys carry Ctrl (or ⌘) and act inside fields too. Nothing irreversible is `free`:
 * every act that leaves the desk opens a summary first.
 */
import type { Words } from '../text/zh-cn.ts';

export type KeyAct = keyof Words['keys']['acts'];
export type KeyGroup = keyof Words['keys']['groups'];

interface KeyRow {
  readonly act: KeyAct;
  /** `event.key` values, or `g q` for a sequence, or `Ctrl+Enter` for a held key. */
  readonly keys: readonly string[];
  readonly group: KeyGroup;
}

export const KEYMAP: readonly KeyRow[] = [
  { act: 'help', keys: ['?'], group: 'anywhere' },
  { act: 'palette', keys: ['Ctrl+k', '/'], group: 'anywhere' },
  { act: 'goHome', keys: ['g h'], group: 'anywhere' },
  { act: 'goQueue', keys: ['g q'], group: 'anywhere' },
  { act: 'goCase', keys: ['g c'], group: 'anywhere' },
  { act: 'goApprovals', keys: ['g p'], group: 'anywhere' },
  { act: 'goNotices', keys: ['g n'], group: 'anywhere' },
  { act: 'goRuns', keys: ['g r'], group: 'anywhere' },
  { act: 'goSources', keys: ['g s'], group: 'anywhere' },
  { act: 'goAccounts', keys: ['g a'], group: 'anywhere' },
  { act: 'goClusters', keys: ['g t'], group: 'anywhere' },
  { act: 'goRules', keys: ['g u'], group: 'anywhere' },
  { act: 'goLicences', keys: ['g l'], group: 'anywhere' },
  { act: 'goImports', keys: ['g i'], group: 'anywhere' },
  { act: 'escape', keys: ['Escape'], group: 'anywhere' },
  { act: 'down', keys: ['j'], group: 'list' },
  { act: 'up', keys: ['k'], group: 'list' },
  { act: 'open', keys: ['Enter', ' '], group: 'list' },
  { act: 'finding', keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], group: 'review' },
  { act: 'nextFinding', keys: ['.'], group: 'review' },
  { act: 'confirm', keys: ['a'], group: 'review' },
  { act: 'reject', keys: ['r'], group: 'review' },
  { act: 'alike', keys: ['s'], group: 'review' },
  { act: 'undo', keys: ['u'], group: 'review' },
  { act: 'propose', keys: ['p'], group: 'review' },
  { act: 'submit', keys: ['Ctrl+Enter'], group: 'review' },
  { act: 'closeCase', keys: ['d'], group: 'review' },
  { act: 'wait', keys: ['w'], group: 'review' },
  { act: 'skip', keys: ['x'], group: 'review' },
  { act: 'note', keys: ['n'], group: 'review' },
  { act: 'olderVersion', keys: ['['], group: 'review' },
  { act: 'newerVersion', keys: [']'], group: 'review' },
  { act: 'nextTab', keys: ['v'], group: 'review' },
  { act: 'prevPost', keys: [','], group: 'review' },
  { act: 'nextPost', keys: ['m'], group: 'review' },
  { act: 'giveBack', keys: ['b'], group: 'approval' },
];

/** First key of every two-key sequence. */
export const PREFIXES: ReadonlySet<string> = new Set(KEYMAP.flatMap((row) => row.keys.filter((key) => /^\S \S$/.test(key)).map((key) => key.charAt(0))));

const ACTS = new Map(KEYMAP.flatMap((row) => row.keys.map((key) => [key, row.act] as const)));
/** The act of a key as written in the table, or null. */
export const actOf = (key: string): KeyAct | null => ACTS.get(key) ?? null;

const NAMES: Record<string, string> = { ' ': 'Space', Escape: 'Esc', 'Ctrl+k': 'Ctrl K', 'Ctrl+Enter': 'Ctrl Enter' };
/** How a key is printed. */
export const keyName = (key: string): string => NAMES[key] ?? key;
