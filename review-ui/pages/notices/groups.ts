/** Which column of the board a notice stands in: by who must do something next. */
import type { NoticeState } from '../../../core/model/case.ts';
import type { Words } from '../../text/zh-cn.ts';

export type NoticeGroup = keyof Words['notices']['groups'];
export const GROUPS: readonly NoticeGroup[] = ['needs', 'sending', 'waitingAck', 'acting', 'checking', 'done'];

const GROUP_OF: Record<NoticeState, NoticeGroup> = {
  draft: 'sending',
  pending_approval: 'sending',
  approved: 'sending',
  sending: 'sending',
  undeliverable: 'needs',
  delivered: 'waitingAck',
  acknowledged: 'acting',
  partly_acted: 'needs',
  acted: 'checking',
  refused: 'needs',
  verification_failed: 'needs',
  verified: 'done',
  amended: 'done',
  revoked: 'done',
  expired: 'done',
  returned: 'done',
  closed: 'done',
};
export const groupOf = (state: NoticeState): NoticeGroup => GROUP_OF[state];
