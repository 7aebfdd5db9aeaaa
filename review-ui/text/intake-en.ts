/** Words of what is handed in rather than crawled, in English. */
import type { HowObtained } from '../../core/model/intake.ts';
import type { origin as chinese, imports as chineseImports } from './intake-zh.ts';

const how: Record<HowObtained, string> = {
  platform_push: 'pushed by the platform',
  data_share: 'shared in bulk',
  own_session: 'fetched in a session of the authority',
  complaint: 'from a complainant',
  inspection: 'from an inspection',
  public_page: 'saved from a public page',
  other: 'other',
};

export const origin: typeof chinese = {
  title: (t) => `Handed in, stored ${t}`,
  by: (name) => `by ${name}`,
  at: (t) => `obtained ${t}`,
  how,
};

export const imports: typeof chineseImports = {
  title: 'Imports',
  intro:
    'Files of posts that are shared in bulk (jsonl, csv, xlsx, html or a zip of them) are uploaded here; stopped or broken off they go on behind what is stored, are sealed as they came, and screened account by account.',
  platform: 'Platform (may be left out)',
  upload: 'Upload a file',
  empty: 'No imports yet',
  emptyWhy: 'Files that are uploaded, imported by command or laid into the watched folder are listed here.',
  waiting: (n) => `${n} accounts wait to be screened`,
  perSecond: (n) => `${n} a second`,
  drop: 'or drop a file here',
  uploading: 'upload',
  platformWrong: 'letters, digits, _ and - only',
  ownPlatform: 'no platform named',
  line: 'Line',
  wrong: 'Why it could not be read',
  moreRejects: (n) => `${n} more lines are not listed here`,
  columns: {
    file: 'File',
    state: 'State',
    posts: 'Stored',
    fresh: 'New or changed',
    rejected: 'Unreadable',
    rate: 'Rate',
    by: 'From',
    started: 'Begun',
    size: 'Size',
  },
  states: { running: 'Under way', stopped: 'Stopped', done: 'Done', failed: 'Not finished' },
  origins: { command: 'command line', upload: 'upload', folder: 'watched folder' },
  acts: { stop: 'Stop', resume: 'Go on' },
};
