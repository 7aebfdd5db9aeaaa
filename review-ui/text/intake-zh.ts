/** Words of what is handed in rather than crawled, in Chinese. */
import { OBTAINED_ZH } from '../../core/model/intake.ts';

export const origin = {
  title: (t: string) => `由外部提供, ${t} 入库`,
  by: (name: string) => `提供人 ${name}`,
  at: (t: string) => `取得于 ${t}`,
  how: OBTAINED_ZH,
};
