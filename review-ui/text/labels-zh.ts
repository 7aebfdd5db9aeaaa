/** Chinese names of the closed sets that the API answers with; each table is checked against its set. */
import { type CaseOutcome, type CaseState, MEASURE_ZH, type NoticeState, REJECT_REASON_ZH, type Verdict } from '../../core/model/case.ts';
import type { LicenceVerdict } from '../../core/model/licence.ts';
import type { Capability } from '../../core/model/role.ts';
import type { RunKind, RunState } from '../../core/model/run.ts';
import { type Family, type FindingKind, type PostLevel, TAXONOMY } from '../../core/model/taxonomy.ts';
import type { Outcome } from '../../core/model/capture.ts';
import type { SubjectType } from '../../core/model/post.ts';

const caseState: Record<CaseState, string> = { open: '待领取', in_review: '审核中', waiting: '等待中', proposed: '待审批', enforcing: '执行中', closed: '已结案' };
const outcome: Record<CaseOutcome, string> = { no_violation: '未认定', duplicate: '重复', account_gone: '账号已不存在', enforced: '已执行', referred: '已移送', refused_upheld: '平台异议成立', withdrawn: '已撤回' };
const noticeState: Record<NoticeState, string> = {
  draft: '起草', pending_approval: '待批准', returned: '已退回', approved: '已批准', sending: '送达中', undeliverable: '未能送达', delivered: '已送达', acknowledged: '已签收', refused: '平台拒绝', partly_acted: '部分处置', acted: '平台报告已处置', verified: '核验通过', verification_failed: '核验未通过', amended: '已变更', revoked: '已撤销', expired: '已到期', closed: '已了结',
};
const verdict: Record<Verdict, string> = { confirmed_off: '已看不到', still_live: '仍可见', changed: '内容有变', unreachable: '无法访问', inconclusive: '不能判断' };
const licence: Record<LicenceVerdict, string> = { licensed: '许可在册', scope_excludes_online: '范围不含网络招聘', expired: '已过期', other_entity: '属其他主体', filed_only: '仅有备案', not_found: '名录未查到', cannot_tell: '无法判断' };
const capability: Record<Capability, string> = {
  'case.read': '查看案件', 'case.review': '审核疑点', 'case.propose': '提请复核', 'case.approve': '审批', 'case.assign': '分派', 'notice.read': '查看通知书', 'notice.send': '发送通知书', 'run.read': '查看巡查', 'run.start': '启动巡查', 'account.read': '查看账号', 'licence.import': '导入名录', 'post.import': '导入招聘信息', 'evidence.read': '查看证据', 'evidence.unmask': '查看完整号码', 'audit.read': '查看审计', 'user.manage': '管理用户',
};
const fetched: Record<Outcome, string> = {
  ok: '已读取', unchanged: '未变', deleted: '作者已删除', removed_by_platform: '平台已移除', expired: '已过期', unavailable: '不可用', login_wall: '需登录', captcha: '需验证码', rate_limited: '被限速', robots_denied: 'robots 不许', empty_state: '空页面', parse_drift: '页面结构有变', network: '网络失败', host_paused: '暂停访问该站', refused_address: '拒绝访问的地址', too_large: '超过大小上限', timeout: '超时',
};

export const labels = {
  level: { statutory: '明文违禁', lead: '线索', advisory: '提示', format: '要素', none: '无疑点' } as Record<PostLevel, string>,
  levelHint: { statutory: '原文字面即为法条禁止, 仍须人工确认', lead: '须结合其他事实或其他部门核实', advisory: '全国性法律未设罚则, 仅作提示', format: '缺少应当列明的要素', none: '' } as Record<PostLevel, string>,
  family: { discrimination: '就业歧视', money: '钱款与证件', fraud: '培训与诈骗', identity: '身份与许可', form: '要素与提示' } as Record<Family, string>,
  kind: Object.fromEntries(Object.entries(TAXONOMY).map(([kind, row]) => [kind, row.zh])) as Record<FindingKind, string>,
  caseState,
  outcome,
  noticeState,
  verdict,
  licence,
  capability,
  fetched: fetched as Record<string, string>,
  measure: MEASURE_ZH,
  rejectReason: REJECT_REASON_ZH,
  runState: { running: '进行中', done: '已完成', failed: '失败', stopped: '已停止' } as Record<RunState, string>,
  runKind: { nightly: '每日巡查', demand: '临时巡查', verify: '回访', import: '导入' } as Record<RunKind, string>,
  subjectType: { employer: '用人单位', agency: '人力资源服务机构', platform: '平台', public: '公共机构', individual: '个人', unknown: '未能判断' } as Record<SubjectType, string>,
  accountStatus: { active: '正常', suspended: '已暂停', gone: '已不存在', unknown: '未知' } as Record<string, string>,
  postStatus: { live: '在线', deleted: '作者已删除', removed_by_platform: '平台已移除', expired: '已过期', unavailable: '不可用' } as Record<string, string>,
  taskState: { pending: '待抓取', queued: '待抓取', planned: '待抓取', running: '抓取中', done: '已完成', failed: '失败', skipped: '已跳过', stopped: '已停止' } as Record<string, string>,
  source: { rule: '规则', model: '模型', licence: '名录', network: '关联', format: '要素检查' } as Record<string, string>,
  how: { by_crawl: '系统回访', by_officer: '人工取证', attested: '平台自证' } as Record<string, string>,
  receipt: { acknowledged: '签收', refused: '拒绝', acted: '已处置', partly_acted: '部分处置' } as Record<string, string>,
  refusal: { not_found: '未找到对象', incomplete: '内容不全', disputed: '有异议', not_ours: '不属本平台', other: '其他' } as Record<string, string>,
  action: {
    open: '立案', opened: '立案', claim: '领取', release: '放回队列', confirm: '确认疑点', reject: '驳回疑点', undecide: '撤销决定', wait: '转入等待', resume: '恢复', close: '结案', propose: '提请复核', withdraw: '撤回提请', approve: '批准', return: '退回', note: '备注', lease_expired: '领取到期, 放回队列', attach: '并入新疑点', reopen: '重新立案', verification_failed: '核验未通过, 退回审核',
    send: '送出', attempt: '送出', sending: '送出', deliver: '送达', delivered: '送达', delivery_failed: '送达失败', undeliverable: '未能送达', acknowledge: '签收', acknowledged: '签收', refuse: '平台拒绝', refused: '平台拒绝', act: '平台报告已处置', acted: '平台报告已处置', partly_acted: '部分处置', verify: '核验', verified: '核验通过', verify_now: '要求立即回访', resend: '重发', revoke: '撤销', probe: '回访', created: '生成', approved: '批准', settle: '了结', closed: '了结',
  } as Record<string, string>,
};
