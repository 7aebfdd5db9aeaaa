/** What accounts may share, and what happens to the clusters (账号团伙) that follow: the closed sets. */
import { z } from 'zod';

/** From what names a party to what may be copied. */
export const THING_KINDS = ['uscc', 'subject', 'phone', 'wechat', 'qq', 'group', 'email', 'qr', 'picture', 'text'] as const;
export const thingKindSchema = z.enum(THING_KINDS);
export type ThingKind = z.infer<typeof thingKindSchema>;

/** As named in Chinese sentences. */
export const THING_ZH: Record<ThingKind, string> = {
  uscc: '统一社会信用代码',
  subject: '认证主体',
  phone: '电话',
  wechat: '微信号',
  qq: 'QQ 号',
  group: '群号',
  email: '邮箱',
  qr: '二维码',
  picture: '图片',
  text: '文本',
};

export const CLUSTER_ACTIONS = ['formed', 'joined', 'left', 'merged', 'split', 'dissolved'] as const;
export const clusterActionSchema = z.enum(CLUSTER_ACTIONS);
export type ClusterAction = z.infer<typeof clusterActionSchema>;
