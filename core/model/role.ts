/**
 * Who may do what: capabilities are the closed set, roles are bundles of them (the first-run seed; editable later).
 * The workflow asks for a capability, never for a role, and four-eyes guards stand beside it in `cases/`.
 */
export const CAPABILITIES = [
  'case.read',
  'case.review',
  'case.propose',
  'case.approve',
  'case.assign',
  'notice.read',
  'notice.send',
  'run.read',
  'run.start',
  'source.manage',
  'account.read',
  'licence.import',
  'post.import',
  'evidence.read',
  'evidence.unmask',
  'evidence.hold',
  'rule.read',
  'rule.draft',
  'rule.publish',
  'audit.read',
  'user.manage',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** As capabilities are named to people, e.g. in "没有权限：需要…". */
export const CAPABILITY_ZH: Record<Capability, string> = {
  'case.read': '查看案件',
  'case.review': '审核案件',
  'case.propose': '提请复核',
  'case.approve': '复核审批',
  'case.assign': '案件督导',
  'notice.read': '查看通知书',
  'notice.send': '发送与撤回通知书',
  'run.read': '查看巡查',
  'run.start': '启动巡查',
  'source.manage': '管理来源',
  'account.read': '查看账号',
  'licence.import': '导入名录',
  'post.import': '导入招聘信息',
  'evidence.read': '查看证据',
  'evidence.unmask': '查看完整个人信息',
  'evidence.hold': '保全证据',
  'rule.read': '查看规则',
  'rule.draft': '起草规则',
  'rule.publish': '发布规则',
  'audit.read': '查看审计记录',
  'user.manage': '管理用户',
};

export const ROLES = ['reviewer', 'approver', 'supervisor', 'auditor', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_ZH: Record<Role, string> = {
  reviewer: '审核员',
  approver: '复核审批人',
  supervisor: '督导',
  auditor: '审计',
  operator: '运行值守',
  admin: '系统管理',
};

const READ: readonly Capability[] = ['case.read', 'notice.read', 'run.read', 'account.read', 'evidence.read', 'rule.read'];

export const ROLE_CAPABILITIES: Record<Role, readonly Capability[]> = {
  reviewer: [...READ, 'case.review', 'case.propose', 'evidence.unmask', 'rule.draft'],
  approver: [...READ, 'case.approve', 'notice.send', 'evidence.unmask', 'evidence.hold', 'rule.publish'],
  supervisor: [...READ, 'case.assign', 'run.start', 'source.manage', 'evidence.hold', 'rule.draft', 'rule.publish'],
  auditor: [...READ, 'audit.read'],
  operator: ['rule.read', 'run.read', 'run.start', 'source.manage', 'licence.import', 'post.import', 'account.read'],
  admin: ['rule.read', 'user.manage', 'run.read', 'run.start', 'source.manage', 'licence.import', 'post.import'],
};

/** All capabilities of a set of roles. */
export function capabilitiesOf(roles: readonly Role[]): ReadonlySet<Capability> {
  return new Set(roles.flatMap((role) => ROLE_CAPABILITIES[role] ?? []));
}

/** Who acts: a person, or the system under a service name. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'service' | 'platform';
  readonly roles: readonly Role[];
}
