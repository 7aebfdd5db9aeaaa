/** 快手 (kuaishou.com): works of an account; the web app asks for a session and checks often, so pages come by session, push or import. */
import { definePlatform } from '../define.ts';
import { saysItIs } from '../looks.ts';
import { readKuaishou } from './parse.ts';
import { kuaishouWall } from './walls.ts';

export const kuaishou = definePlatform({
  id: 'kuaishou',
  name: { zh: '快手', en: 'Kuaishou' },
  hosts: ['*.kuaishou.com', '*.gifshow.com', '*.chenzhongtech.com'],
  imageHosts: ['*.yximgs.com', '*.kwaicdn.com', '*.kspkg.com'],
  politeness: { floorDelayMs: 10_000 },
  access: 'session',
  render: 'never',
  required: ['body'],
  can: {
    post: ['share-page', 'work-page'],
    list: ['accounts-answer', 'graph-list', 'works-answer'],
    account: ['graph-profile'],
    states: ['deleted'],
    walls: ['refused-answer'],
  },
  keeps: { account: ['eid', 'verifiedReason', 'url'], post: ['eid', 'publishedText'] },
  sniff: (html) => {
    const head = html.slice(0, 400_000);
    if (
      /["']?(?:kwaiId|userEid|visionProfile\w*|visionVideoDetail|visionSearch\w+)["']?\s*:|__APOLLO_STATE__[\s\S]{0,5000}Vision(?:Video|Profile)|"photoH265Url"/.test(
        head,
      )
    )
      return true;
    if (/["']photoId["']\s*:/.test(head) && /["']caption["']\s*:/.test(head)) return true;
    return saysItIs(html, /(?:^|\.)(?:kuaishou|gifshow|chenzhongtech)\.com$/, /[-_– ]快手$|^快手(?:[-_– ，]|$)/);
  },
  // v.kuaishou.com is a shared work's short address.
  kindOf: (url) =>
    url.hostname === 'v.kuaishou.com' || /\/(?:short-video|photo|fw\/photo|f)\/|photo\/info/.test(url.pathname)
      ? 'post'
      : /\/(?:profile|u|user)\//.test(url.pathname)
        ? 'account'
        : 'list',
  wall: kuaishouWall,
  read: readKuaishou,
});
