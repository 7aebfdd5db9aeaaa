/** What the desk may add as a source: the registry's declarations as a form, and the same checks as the command line. */
import type { SourceDesk, SourceField, SourceKind } from '../core/model/api-source.ts';
import { seedsOf } from '../crawlers/discover.ts';
import { PLATFORMS } from '../crawlers/platforms/registry.ts';
import type { PlatformAdapter } from '../crawlers/platforms/types.ts';
import { checkedHosts, checkedSourceUrl } from './commands/sources.ts';

function fieldsOf({ anyHost, hosts }: PlatformAdapter): SourceField[] {
  const where = hosts.join('、');
  const url: SourceField = {
    name: 'url',
    kind: 'url',
    required: true,
    label: { zh: '地址', en: 'Address' },
    hint: anyHost
      ? { zh: '任何网站的公开页面或订阅地址', en: 'A public page or feed of any site' }
      : { zh: `须属于 ${where}`, en: `Must belong to ${hosts.join(', ')}` },
  };
  const further: SourceField = {
    name: 'hosts',
    kind: 'lines',
    required: false,
    label: { zh: '其链接还可以去往的域名', en: 'Further hosts its links may lead to' },
    hint: {
      zh: '一行一个，如 mp.weixin.qq.com 或 *.example.cn；不填则只看本站',
      en: 'One a line, such as *.example.cn; without them only its own site is visited',
    },
  };
  return anyHost ? [url, further] : [url];
}

const kindOf = (adapter: PlatformAdapter): SourceKind => ({
  platform: adapter.id,
  name: adapter.name,
  access: adapter.access,
  render: adapter.render,
  floorDelayMs: adapter.politeness.floorDelayMs,
  hosts: [...adapter.hosts],
  fields: fieldsOf(adapter),
});

/** @param allowPrivate `host:port` that may be visited although private @param demo whether the sandbox's platforms are offered */
export function createSourceDesk(allowPrivate: readonly string[], demo: boolean): SourceDesk {
  return {
    kinds: () => PLATFORMS.filter((p) => demo || !p.id.startsWith('sandbox-')).map(kindOf),
    check: (platform, fields) => {
      const hosts = (fields['hosts'] ?? '').split(/[\s,，、]+/).filter(Boolean);
      return { platform, url: checkedSourceUrl(platform, (fields['url'] ?? '').trim(), allowPrivate), hosts: checkedHosts(platform, hosts) };
    },
    seeds: seedsOf,
  };
}
