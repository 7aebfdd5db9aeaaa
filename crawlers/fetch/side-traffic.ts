/** What a rendered page loads beside its content and we need not: media, fonts, counters and advertisements of others. */

/** Counters and advertisers seen on Chinese recruitment pages, by registrable domain or host. */
const TRACKERS = [
  'hm.baidu.com',
  'pos.baidu.com',
  'cpro.baidu.com',
  'eclick.baidu.com',
  'tongji.baidu.com',
  'cnzz.com',
  '51.la',
  'umeng.com',
  'umengcloud.com',
  'mmstat.com',
  'tanx.com',
  'growingio.com',
  'sensorsdata.cn',
  'zhugeio.com',
  'talkingdata.net',
  'gdt.qq.com',
  'pingjs.qq.com',
  'pgdt.gtimg.cn',
  'miaozhen.com',
  'admaster.com.cn',
  'irs01.com',
  'google-analytics.com',
  'googletagmanager.com',
  'doubleclick.net',
  'googlesyndication.com',
  'facebook.net',
  'hotjar.com',
  'clarity.ms',
  'snssdk.com',
  'pangolin-sdk-toutiao.com',
]; // prettier-ignore

const BLOCKED_TYPES: ReadonlySet<string> = new Set(['media', 'font', 'texttrack', 'eventsource', 'manifest', 'ping', 'cspviolationreport']);

const within = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** @param type Playwright's resource type @param page host of the page itself: a tracker's own pages are content there */
export function isSideTraffic(type: string, host: string, page: string): boolean {
  if (BLOCKED_TYPES.has(type)) return true;
  const tracker = type === 'document' ? undefined : TRACKERS.find((domain) => within(host, domain));
  return tracker !== undefined && !within(page, tracker);
}
