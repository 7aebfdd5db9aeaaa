/** Every word of the desk in English, in the shape of the Chinese table. */
import { labels } from './labels-en.ts';
import type { Words } from './zh-cn.ts';

const s = (n: number) => (n === 1 ? '' : 's');

export const en: Words = {
  language: 'English',
  other: '中文',
  brand: 'Pincha',
  brandSub: 'Recruitment review desk',
  labels,
  roles: { reviewer: 'reviewer', approver: 'approver', supervisor: 'supervisor', auditor: 'auditor', operator: 'operator', admin: 'administrator' },
  nav: {
    home: 'Desk', queue: 'Queue', approvals: 'Approvals', notices: 'Notices', runs: 'Runs', accounts: 'Accounts', licences: 'Lists', menu: 'Menu', palette: 'Find', keys: 'Keys', theme: 'Light or dark', logout: 'Log out', password: 'Change password', skip: 'Skip to content',
  },
  shade: { light: 'light', dark: 'dark' },
  demo: { mark: 'DEMO', hint: 'Demonstration data from the local sandbox platform; no real entity is concerned' },
  common: {
    close: 'Close', cancel: 'Cancel', save: 'Save', confirm: 'Confirm', retry: 'Try again', more: 'Load more', loadedAll: (n) => `${n} in all, everything is listed`, shown: (n) => `${n} listed`, all: 'All', none: 'None', unknown: 'Unknown', nobody: 'Unclaimed', at: 'Time', by: 'By', reason: 'Reason', open: 'Open', back: 'Back', detail: 'Detail', platform: 'Platform', days: (n) => `${n} day${s(n)}`, times: (n) => `${n}×`, me: 'me', system: 'System', listSep: ', ',
  },
  due: { left: (n) => `${n} d left`, over: (n) => `${n} d over`, today: 'due today', workdays: 'in working days' },
  state: {
    loading: 'Loading',
    offline: 'Offline. The page and what you typed are kept; it updates by itself when the network returns.',
    errorTitle: 'Could not be read',
    errorKept: 'What you typed is untouched. Try again; if it keeps failing, give the code to an administrator.',
    deniedTitle: 'You may not see this page',
    deniedNeeds: (cap) => `It needs the right to ${cap}.`,
    deniedWho: (roles) => `Roles that have it: ${roles}. Ask an administrator.`,
    notFound: 'No such page',
    notFoundHint: 'The address may be wrong, or the content was destroyed at the end of its retention.',
    stale: 'Someone else changed this',
    staleKept: 'The newest content is loaded; what you typed is still there.',
    staleSame: 'Nothing that matters differs; do it once more.',
    crash: 'The page failed',
    crashHint: 'What you typed is kept on this machine. Reload the page.',
    reload: 'Reload',
  },
  login: {
    title: 'Log in', login: 'Login', password: 'Password', submit: 'Log in', hint: 'The one-time password of a first login is printed in the terminal at start.', changeTitle: 'Set a new password', changeHint: 'A one-time password must be replaced at first login. At least 10 characters.', current: 'Current password', next: 'New password', again: 'New password again', mismatch: 'The two differ', tooShort: 'At least 10 characters', changed: 'Password changed', again401: 'The session has expired', again401Hint: 'Log in again and stay on this page; what you typed is still there.', caps: 'Caps lock is on',
  },
  home: {
    next: 'Next case', nextHint: 'Claims one by risk and due date', none: 'The queue is empty', mine: 'Claimed by me', waiting: 'Waiting', returned: 'Returned to me', overdue: 'Overdue', notices: 'Notices needing action', proposed: 'For my approval', openCases: 'Unclaimed cases', inReview: 'In review', enforcing: 'Enforcing', emptyMine: 'Nothing in hand. Press Enter for the next case.', emptyList: 'No such case.', lastRun: 'Last run', noRun: 'No run yet.', returnedBy: 'Returned; see the reason', compare: 'against last',
  },
  queue: {
    title: 'Queue', sentence: 'Looking at', anyState: 'any state', anyPlatform: 'any platform', anyKind: 'any finding', anyScore: 'any risk', minScore: (n) => `risk ≥ ${n}`, anyone: 'anyone', mineOnly: 'claimed by me', search: 'name, entity, case number', empty: 'No case fits', emptyWhy: 'Loosen the filter above, or wait for the next run. Only statutory and lead findings open cases.', emptyAll: 'No cases yet', emptyAllWhy: 'When a run finds statutory or lead findings, one case per account appears here.', hook: 'Quote', noQuote: 'nothing to quote',
    columns: { level: 'Level', account: 'Account', hook: 'Quote', licence: 'Licence', score: 'Risk', due: 'Due', holder: 'Holder' },
    findings: (n) => `${n} finding${s(n)}`, clear: 'Clear filter', taken: 'Claimed', nothing: 'Nothing in the queue can be claimed',
  },
  review: {
    title: 'Case', risk: 'Risk', riskWhy: 'Risk is the sum of', nth: (n) => `case no. ${n}`, original: 'Original', tabs: { shot: 'Shot', text: 'Text', raw: 'Raw' }, version: 'Version', versionOf: (a, b) => `${a} / ${b}`, diff: 'Difference', noDiff: 'Same words as the version before', post: 'Post', postOf: (a, b) => `${a} / ${b}`, noPosts: 'The findings concern the account itself; there is no single post.', noText: 'This post has no text; see the shot.', noShot: 'No shot yet', noShotWhy: 'Shots are rendered from the sealed bytes and appear here when made. Text and bytes are sealed already.', shotSealed: 'rendered from sealed bytes', shotLive: 'taken from the live page', rawNote: 'The sealed bytes, shown as text only.', rawCut: (n) => `first ${n} characters only`, sealed: (seq, sha) => `ledger no. ${seq} · SHA-256 ${sha}`, sealedAt: 'sealed', source: 'Address',
    fields: { title: 'Job', company: 'Company', salary: 'Pay', location: 'Place', sex: 'Sex', age: 'Age', education: 'Education', headcount: 'Headcount', businessScope: 'Business scope' },
    findings: 'Findings', findingsHint: '1-9 focus, a confirm, r reject, u undo', noFindings: 'No finding to judge.', advisoryGroup: 'Hints (never a ground for measures)', law: 'Law', lawPending: 'not signed off by legal', noLaw: 'no article listed', why: 'Why', exempt: 'Lawful exception', ground: 'Ground', confirm: 'Confirm', reject: 'Reject', undo: 'Undo', confirmed: 'Confirmed', rejected: 'Rejected', superseded: 'Superseded', rejectTitle: 'Why is it rejected', rejectHint: '1-6 choose, Enter submits', accountField: 'account data',
    decision: 'Decision', suggested: 'Suggested', suggestedWhy: 'why', measure: 'Measure', term: 'Term (days)', basis: 'Grounds', basisNone: 'Confirm at least one finding before proposing.', reason: 'Reason', to: 'To', propose: 'Propose', proposeTitle: 'Propose for approval', proposeSummary: 'The content is frozen and another person approves it.', withdraw: 'Withdraw', proposedBy: 'Proposed by', claim: 'Claim', claimHint: 'Claim the case to judge its findings.', claimedBy: (name) => `in review by ${name}`, release: 'Back to queue', skip: 'Skip', skipTitle: 'Skip this case', skipHint: 'It goes back to the queue; your confirmations stay. Skips are logged.', wait: 'Wait', waitTitle: 'Put to wait', waitUntil: 'Wake on', waitHint: 'It returns to its holder on that day.', waiting: (reason, until) => `Waiting until ${until}: ${reason}`, resume: 'Resume', note: 'Note', noteTitle: 'Internal note', noteHint: 'Internal only; enters no document.', closeCase: 'No measure', closeTitle: 'Close without a measure', outcome: 'Outcome', done: 'Closed', account: 'Account', subject: 'Entity', subjectType: 'Type', licence: 'Licence', earlier: 'Earlier cases', earlierNone: 'none', events: 'History', eventsHidden: (n) => `${n} earlier`, notices: 'Notices', next: 'Next', timer: 'time', private: 'seen by you only', undone: 'Undone', saved: 'Recorded', nextLoaded: 'next case ready', noNext: 'queue empty',
    changes: { state: (a, b) => `state ${a} → ${b}`, holder: (name) => `now held by ${name}`, finding: (kind, state) => `“${kind}” ${state}`, added: (n) => `${n} new finding${s(n)}`, proposal: 'the proposal changed' },
  },
  approvals: {
    title: 'Approvals', empty: 'Nothing to approve', emptyWhy: 'Proposals by reviewers appear here. Who proposed or confirmed a finding cannot approve that case.', willReceive: 'What the platform will receive', confirmers: 'Findings confirmed by', proposer: 'Proposed by', target: 'Target', facts: 'Facts', approve: 'Approve and send', approveTitle: 'Approve the measure', approveHint: 'The notice is made and sent at once. Check three things:', caseNumber: 'Case', digest: 'Digest of the proposal', return: 'Return', returnTitle: 'Return to the reviewer', blocked: 'Not for you to approve', approved: 'Approved; the notice is on its way', returned: 'Returned', pick: 'Choose a proposal on the left', full: 'See the whole case', changed: 'The proposal changed since you opened it; check it again.',
  },
  notices: {
    title: 'Notices', empty: 'No notices yet', emptyWhy: 'An approved proposal becomes a notice to the platform; its progress shows here.', emptyFiltered: 'No notice fits', attempts: (n) => `sent ${n}×`, nextAttempt: (t) => `again at ${t}`, overdueAck: 'ack overdue', overdueAct: 'act overdue', overdueOnly: 'overdue only',
    groups: { sending: 'Sending', waitingAck: 'Awaiting ack', acting: 'Awaiting action', checking: 'Being checked', needs: 'Needs a person', done: 'Settled' },
    groupHint: { sending: 'approved, on its way', waitingAck: 'received, not yet acknowledged', acting: 'acknowledged, nothing reported yet', checking: 'reported done, awaiting our re-crawl', needs: 'undeliverable, refused, or check failed', done: 'verified, revoked or expired' },
    timeline: 'Progress', document: 'Document', receipts: 'Receipts', probes: 'Re-checks', noProbes: 'Not checked yet. After the platform reports, at least two re-checks follow.', probe: (n) => `no. ${n}`, resend: 'Send again', resent: 'Queued; the notice keeps its id', verifyNow: 'Check now', verifyQueued: 'Re-check queued', revoke: 'Revoke', revokeTitle: 'Revoke the notice', revoked: 'Revoked', platformRef: 'Platform’s number',
    steps: { created: 'Approved', sent: 'Sent', delivered: 'Delivered', acknowledged: 'Acknowledged', acted: 'Acted', verified: 'Verified' },
    notYet: 'not yet', due: (t) => `due ${t}`, lastError: 'Last failure', how: 'How', attested: 'the platform’s word, not verified by us', case: 'Case', frameTitle: 'Notice document', noRight: 'An approver may send',
  },
  runs: {
    title: 'Runs', start: 'Start a run', stop: 'Stop', stopTitle: 'Stop this run', stopHint: 'What was fetched and sealed is kept; the rest waits for the next run.', started: 'The run has started', running: 'running', empty: 'No run yet', emptyWhy: 'A run starts by itself at 01:30 (Beijing) every day, or now by hand.', history: 'Earlier runs', lanes: 'By platform', laneDone: (a, b) => `${a} / ${b} sources`, tasks: 'Tasks', tasksEmpty: 'No task fits', previous: 'last', noPrevious: 'nothing to compare with',
    counts: { accountsDone: 'Accounts', pages: 'Pages', unchanged: 'Unchanged', posts: 'Posts', newPosts: 'New posts', findings: 'Findings', newFindings: 'New findings', casesOpened: 'Cases opened', walls: 'Walls', errors: 'Errors', bytes: 'Bytes' },
    legend: { pages: 'pages', posts: 'posts', walls: 'walls', errors: 'errors' },
    columns: { source: 'Source', state: 'State', outcome: 'Outcome', pages: 'Pages', posts: 'Posts', detail: 'Detail' },
    taskFilter: { all: 'All', walls: 'Walls', errors: 'Errors', posts: 'With posts', unchanged: 'Unchanged' },
    noRight: 'An operator or supervisor may start runs', elapsed: 'took', minute: (n) => `minute ${n}`, by: 'by', partial: (n) => `${n} source${s(n)} kept us out; the result is incomplete. Blocked is not "no posts".`,
  },
  accounts: {
    title: 'Accounts', empty: 'No account fits', emptyWhy: 'Accounts that were crawled, pushed or imported are listed here.', search: 'name, entity, credit code', anyVerdict: 'any licence result', anyLevel: 'any level', columns: { name: 'Account', subject: 'Entity', licence: 'Licence', posts: 'Posts', score: 'Risk', seen: 'Last seen' }, identity: 'Identity', uscc: 'Credit code', licenceNo: 'Licence number claimed', category: 'Category', verified: 'Platform check', yes: 'verified', no: 'not verified', status: 'Status', banned: 'banned party', alias: 'Handle', description: 'About', first: 'First seen', last: 'Last seen', licence: 'Licence look-up', posts: 'Posts', noPosts: 'No post was collected yet.', findings: 'Findings on the account', noFindings: 'No finding on the account itself.', cases: 'Cases', noCases: 'No case.', sources: 'Sources', lastOutcome: 'last', nextDue: 'next', neverVisited: 'never visited',
  },
  licences: {
    title: 'Lists', intro: 'Licence and filing lists are imported by this office. A look-up always names list and date; not found is not unlicensed.', empty: 'No list yet', emptyWhy: 'Import an xlsx or csv with: pincha import licences FILE. Column names are recognised and shown here.', columns: { label: 'List', authority: 'Authority', published: 'Dated', rows: 'Rows', rejected: 'Not read', imported: 'Imported' }, current: 'current', old: 'older', mapping: 'Columns', mappingHint: 'left: column in the file; right: our field', sha: 'File SHA-256', source: 'Source',
  },
  keys: {
    title: 'Keys',
    hint: 'Single letters act only when no field has focus, no dialog is open and no input method is composing. Nothing irreversible sits on one key.',
    groups: { anywhere: 'Anywhere', list: 'Lists', review: 'Review', approval: 'Approval' },
    acts: {
      help: 'show keys', palette: 'find and commands', goHome: 'to the desk', goQueue: 'to the queue', goCase: 'to my case', goNotices: 'to notices', goApprovals: 'to approvals', goRuns: 'to runs', goAccounts: 'to accounts', goLicences: 'to lists', down: 'next row', up: 'previous row', open: 'open / claim', finding: 'focus finding n', nextFinding: 'next finding', confirm: 'confirm focused finding', reject: 'reject focused finding', undo: 'undo a decision', propose: 'to the decision pane', submit: 'propose / approve (summary first)', closeCase: 'no measure (choose, then Enter)', wait: 'put to wait', skip: 'skip (logged)', note: 'note', olderVersion: 'older version', newerVersion: 'newer version', prevPost: 'previous post', nextPost: 'next post', giveBack: 'return', escape: 'close',
    },
  },
  palette: { placeholder: 'a page, case number or account', empty: 'Nothing matches', pages: 'Go to', acts: 'Do', cases: 'Cases', accounts: 'Accounts', next: 'Claim the next case' },
};
