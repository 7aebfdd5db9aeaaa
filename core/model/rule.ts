/** Closed sets of a rule's life: states of a revision, jobs over the archive, what a draft changes, and how a sample is judged. */

/** draft: being written · shadow: watched on the night's posts · published: in force · retired: was in force · withdrawn: given up. */
export const REVISION_STATES = ['draft', 'shadow', 'published', 'retired', 'withdrawn'] as const;
export type RevisionState = (typeof REVISION_STATES)[number];

export const RULE_JOB_KINDS = ['replay', 'rescreen'] as const;
export type RuleJobKind = (typeof RULE_JOB_KINDS)[number];
export const RULE_JOB_STATES = ['running', 'done', 'stopped', 'failed'] as const;
export type RuleJobState = (typeof RULE_JOB_STATES)[number];

/** added: flagged by the draft only · removed: flagged by what is in force only. */
export const DIFFERENCES = ['added', 'removed'] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];
export const RULE_VERDICTS = ['yes', 'no', 'unsure'] as const;
export type RuleVerdict = (typeof RULE_VERDICTS)[number];

/** Sums of a job: of a replay by kind and platform (`added/gender-restriction/wechat`), of a re-screening by what became of findings. */
export type RuleJobCounts = Readonly<Record<string, number>>;

/** How many differences of each kind are kept to be looked at; their number is exact whatever is kept. */
export const KEPT_DIFFERENCES = 2_000;
/** How many of them are put before a person. */
export const SAMPLE_SIZE = 50;
