/** Words of sealed looks and of packages of evidence, in English. */
import type { looks as zhLooks, packages as zhPackages } from './evidence-zh.ts';

export const packages: typeof zhPackages = {
  export: 'Export evidence',
  exportHint:
    'One WACZ file with every capture the findings rest on, shots, texts, ledger proofs, the custody log and the printable record; others check it without us. Logged, and entered in the ledger.',
  replay: 'Replay',
  beginsWith: 'Begins with',
  noPage: 'What is sealed for this case is data, files or pictures; there is no page to replay. See each item under Evidence, or export the package.',
  replayHint: 'Opens the sealed pages under a host name of their own, out of reach of this system. Logged.',
  done: (number, captures) => `${number}: exported, ${captures} capture${captures === 1 ? '' : 's'}`,
  digest: 'Keep the digest apart from the file; the recipient checks against it',
  download: 'Download',
  open: 'Open the replay',
  ready: 'The replay is ready and lasts an hour',
  failed: 'It could not be done',
  busy: 'Packing and checking; with many captures this takes a minute or two. You may go on reviewing on this page.',
  size: 'Size',
  captures: 'Captures',
  sealState: 'Ledger',
  copy: 'Copy digests',
  copied: 'Copied',
  verify: 'Checked by whoever receives it',
};

export const looks: typeof zhLooks = {
  intro: (n) =>
    `${n} sealed looks at this post, the newest first. Open one for where it came from, its digests, resolver and certificate, the clocks, and later rows.`,
  none: 'This post has no sealed look of its own: see those of its account or list.',
  kind: { account: 'account page', list: 'list', post: 'post', image: 'picture', probe: 'second look', import: 'handed in' },
  via: { http: 'plain request', browser: 'drawn by a browser', import: 'handed in' },
  ledger: 'Ledger',
  seq: (n) => `row ${n}`,
  root: (n) => `under daily root ${n}`,
  noRoot: 'its day has no root yet',
  body: 'Content',
  noBody: 'nothing was received: only the outcome is on record',
  destroyed: (n) => `content destroyed (record ${n})`,
  address: 'Answered from',
  resolved: 'Resolver said',
  tls: 'Encrypted by',
  plain: 'not encrypted (http)',
  issuer: (name) => `issued by ${name}`,
  certificate: 'Certificate SHA-256',
  clock: 'Clocks',
  offset: (s, within) => `the host is ${s} s ahead of us (±${within})`,
  noClock: 'the host told no time',
  rows: { shot: 'Page shot', masked: 'Masked copy', dom_text: 'Words of the page', ocr_text: 'Words of pictures' },
  see: 'Open',
  live: 'taken live',
  raw: 'Raw bytes',
};
