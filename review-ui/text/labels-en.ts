/** English names of the closed sets; same shape as the Chinese table, or it does not compile. */
import { type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';
import type { labels as zh } from './labels-zh.ts';

export const labels: typeof zh = {
  level: { statutory: 'Statutory', lead: 'Lead', advisory: 'Advisory', format: 'Format', none: 'None' },
  levelHint: {
    statutory: 'The words themselves are what a statute forbids; people still decide',
    lead: 'Needs facts beyond the words, or another department',
    advisory: 'National law names no sanction; a hint only',
    format: 'A required element is missing',
    none: '',
  },
  family: { discrimination: 'Discrimination', money: 'Money and documents', fraud: 'Training and fraud', identity: 'Identity and licence', form: 'Form and hints' },
  kind: Object.fromEntries(Object.entries(TAXONOMY).map(([kind, row]) => [kind, row.en])) as Record<FindingKind, string>,
  caseState: { open: 'Unclaimed', in_review: 'In review', waiting: 'Waiting', proposed: 'For approval', enforcing: 'Enforcing', closed: 'Closed' },
  outcome: { no_violation: 'Not established', duplicate: 'Duplicate', account_gone: 'Account gone', enforced: 'Enforced', referred: 'Referred', refused_upheld: 'Refusal upheld', withdrawn: 'Withdrawn' },
  noticeState: {
    draft: 'Draft', pending_approval: 'For approval', returned: 'Returned', approved: 'Approved', sending: 'Sending', undeliverable: 'Undeliverable', delivered: 'Delivered', acknowledged: 'Acknowledged', refused: 'Refused', partly_acted: 'Partly acted', acted: 'Reported done', verified: 'Verified', verification_failed: 'Check failed', amended: 'Amended', revoked: 'Revoked', expired: 'Expired', closed: 'Closed',
  },
  verdict: { confirmed_off: 'No longer visible', still_live: 'Still visible', changed: 'Changed', unreachable: 'Unreachable', inconclusive: 'Inconclusive' },
  licence: { licensed: 'On the list', scope_excludes_online: 'Scope excludes online', expired: 'Expired', other_entity: 'Another entity', filed_only: 'Filed only', not_found: 'Not on the list', cannot_tell: 'Cannot tell' },
  capability: {
    'case.read': 'read cases', 'case.review': 'review findings', 'case.propose': 'propose', 'case.approve': 'approve', 'case.assign': 'assign', 'notice.read': 'read notices', 'notice.send': 'send notices', 'run.read': 'read runs', 'run.start': 'start runs', 'account.read': 'read accounts', 'licence.import': 'import lists', 'post.import': 'import posts', 'evidence.read': 'read evidence', 'evidence.unmask': 'see full numbers', 'audit.read': 'read audit', 'user.manage': 'manage users',
  },
  fetched: {
    ok: 'Read', unchanged: 'Unchanged', deleted: 'Deleted by author', removed_by_platform: 'Removed by platform', expired: 'Expired', unavailable: 'Unavailable', login_wall: 'Login wall', captcha: 'Captcha', rate_limited: 'Rate limited', robots_denied: 'Denied by robots', empty_state: 'Empty page', parse_drift: 'Page layout changed', network: 'Network failure', host_paused: 'Host paused', refused_address: 'Address refused', too_large: 'Too large', timeout: 'Timed out',
  },
  measure: { warn: 'Warning', delete_post: 'Delete post', restrict_function: 'Restrict functions', suspend_service: 'Suspend service', terminate_service: 'Terminate service' },
  rejectReason: { lawful_exception: 'Lawful exception', not_what_it_says: 'Misread', quoted_or_negated: 'Quoted or negated', wrong_subject: 'Wrong subject', duplicate: 'Duplicate', other: 'Other' },
  runState: { running: 'Running', done: 'Done', failed: 'Failed', stopped: 'Stopped' },
  runKind: { nightly: 'Nightly', demand: 'On demand', verify: 'Re-check', import: 'Import' },
  subjectType: { employer: 'Employer', agency: 'Agency', platform: 'Platform', public: 'Public body', individual: 'Individual', unknown: 'Not known' },
  accountStatus: { active: 'Active', suspended: 'Suspended', gone: 'Gone', unknown: 'Unknown' },
  postStatus: { live: 'Live', deleted: 'Deleted', removed_by_platform: 'Removed by platform', expired: 'Expired', unavailable: 'Unavailable' },
  taskState: { pending: 'Planned', queued: 'Planned', planned: 'Planned', running: 'Fetching', done: 'Done', failed: 'Failed', skipped: 'Skipped', stopped: 'Stopped' },
  source: { rule: 'Rule', model: 'Model', licence: 'List', network: 'Network', format: 'Format check' },
  how: { by_crawl: 'Our re-crawl', by_officer: 'Officer', attested: 'Platform’s word' },
  receipt: { acknowledged: 'Acknowledged', refused: 'Refused', acted: 'Acted', partly_acted: 'Partly acted' },
  refusal: { not_found: 'Target not found', incomplete: 'Incomplete', disputed: 'Disputed', not_ours: 'Not ours', other: 'Other' },
  action: {
    open: 'Opened', opened: 'Opened', claim: 'Claimed', release: 'Released', confirm: 'Finding confirmed', reject: 'Finding rejected', undecide: 'Decision undone', wait: 'Put to wait', resume: 'Resumed', close: 'Closed', propose: 'Proposed', withdraw: 'Proposal withdrawn', approve: 'Approved', return: 'Returned', note: 'Note', lease_expired: 'Claim lapsed', attach: 'New findings attached', reopen: 'Reopened', verification_failed: 'Check failed, back to review',
    send: 'Sent', attempt: 'Sent', sending: 'Sent', deliver: 'Delivered', delivered: 'Delivered', delivery_failed: 'Delivery failed', undeliverable: 'Undeliverable', acknowledge: 'Acknowledged', acknowledged: 'Acknowledged', refuse: 'Refused', refused: 'Refused', act: 'Platform reports done', acted: 'Platform reports done', partly_acted: 'Partly acted', verify: 'Checked', verified: 'Verified', verify_now: 'Re-check asked', resend: 'Sent again', revoke: 'Revoked', probe: 'Probe', created: 'Created', approved: 'Approved', settle: 'Settled', closed: 'Settled',
  },
};
