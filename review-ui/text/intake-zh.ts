/** Words of what is handed in rather than crawled, in Chinese. */
import { OBTAINED_ZH } from '../../core/model/intake.ts';

export const origin = {
  title: (t: string) => `由外部提供, ${t} 入库`,
  by: (name: string) => `提供人 ${name}`,
  at: (t: string) => `取得于 ${t}`,
  how: OBTAINED_ZH,
};

export const imports = {
  title: '导入',
  intro: '批量共享的招聘信息文件 (jsonl, csv, xlsx, html 或其 zip) 在此上传; 停止或中断后从已存处继续, 原样存证, 逐账号筛查。',
  platform: '所属平台 (可不填)',
  upload: '上传文件',
  empty: '尚无导入',
  emptyWhy: '上传、命令行或监视文件夹导入的文件列在这里。',
  waiting: (n: number) => `待筛查账号 ${n} 个`,
  perSecond: (n: number) => `每秒 ${n} 条`,
  drop: '或把文件拖到这里',
  uploading: '上传进度',
  platformWrong: '只能用字母、数字、_ 和 -',
  ownPlatform: '未写明平台',
  line: '行',
  wrong: '未能读取的原因',
  moreRejects: (n: number) => `另有 ${n} 行未在此列出`,
  columns: { file: '文件', state: '状态', posts: '已导入', fresh: '新增或变更', rejected: '未能读取', rate: '速度', by: '提供', started: '开始', size: '大小' },
  states: { running: '进行中', stopped: '已停止', done: '已完成', failed: '未完成' },
  origins: { command: '命令行', upload: '上传', folder: '监视文件夹' },
  acts: { stop: '停止', resume: '继续' },
};
