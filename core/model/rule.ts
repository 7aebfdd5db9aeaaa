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

/** What the law lets an authority do, and on which condition, as people read it. */
export const SANCTION_ZH: Readonly<Record<string, string>> = {
  'order-correction': '责令改正',
  'order-stop': '责令停止',
  'order-return': '责令限期退还',
  refund: '责令退还所收费用',
  close: '关闭、取缔',
  suspend: '停业整顿、暂停业务',
  confiscate: '没收违法所得',
  fine: '罚款',
  warning: '警告',
  'revoke-licence': '吊销许可证',
  detain: '拘留（公安机关）',
  compensate: '赔偿损失',
  sue: '劳动者可以起诉',
  criminal: '追究刑事责任',
};
export const CONDITION_ZH: Readonly<Record<string, string>> = {
  'on-refusal': '拒不改正的',
  serious: '情节严重的',
  'on-refusal-or-serious': '拒不改正或者情节严重的',
  'illegal-income': '有违法所得的',
  'no-illegal-income': '没有违法所得的',
  'income-below-10k': '没有违法所得或者不足一万元的',
  'income-below-50k': '没有违法所得或者不足五万元的',
  'fee-unknown': '费用无法计算或者明显偏低的',
  damage: '造成损害的',
  crime: '构成犯罪的',
  'no-crime': '尚不构成犯罪的',
};
