/**
 * Writes `docs/platforms.md` from the registry of adapters, so that the page cannot claim a platform or a skill that
 * no adapter declares and no golden page proves: `node --import tsx bin/platforms-doc.ts`. A unit test fails when it is stale.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PLATFORMS } from '../crawlers/platforms/registry.ts';
import type { Access, Capability, PlatformAdapter } from '../crawlers/platforms/types.ts';

export const PLATFORMS_DOC = fileURLToPath(new URL('../docs/platforms.md', import.meta.url));

const HEAD = `# 平台 · Platforms

<!-- Written by bin/platforms-doc.ts from crawlers/platforms/registry.ts. Do not edit by hand. -->

能读什么，由每项后面的样本页证明（\`test/fixtures/platforms/<平台>/<样本>\`）；未列出的即未支持。
What an adapter reads is proven by the golden pages counted beside it (\`test/fixtures/platforms/<platform>/<page>\`); what is not listed is not read.

“另留”是账号（前）与信息（后）在[通用字段](../core/model/post.ts)之外留下的全部字段；页面上的其他内容（头像、评论者等）只在存证原件中。
“Also kept” is all that is kept of the account (first) and the post (second) beyond the [fields of every post](../core/model/post.ts); the rest of a page (portraits, commenters …) stands in the sealed bytes alone.

`;
const FOOT = `
没有列出的网站：可用订阅源、JobPosting 标注或 YAML 配置的招聘板，见 [adding-a-platform.md](adding-a-platform.md)。
Sites not listed: a feed, schema.org JobPosting, or a board in YAML, see [adding-a-platform.md](adding-a-platform.md).
`;

const ACCESS: Readonly<Record<Access, string>> = {
  public: '公开页面，匿名可取<br>public pages, anonymous',
  session: '须用执法机关自己的登录会话<br>the authority’s own session',
  push: '匿名访问受限：平台报送或导入取证文件<br>walled to anonymous clients: push by the platform or imported files',
};
const SKILL: Readonly<Record<Capability, string>> = {
  post: '信息页 post',
  list: '列表 list',
  account: '账号 account',
  states: '下架状态 states',
  walls: '访问限制 walls',
};
const FIELD: Readonly<Record<string, string>> = { title: '标题', company: '单位', salary: '薪资', publishedAt: '发布时间', body: '正文或图片' };

function row(platform: PlatformAdapter): string {
  const skills = (Object.keys(SKILL) as Capability[]).flatMap((skill) => (platform.can[skill] ? [`${SKILL[skill]} (${platform.can[skill]?.length})`] : []));
  const hosts = platform.hosts.length > 0 ? platform.hosts.map((host) => `\`${host}\``).join(' ') : '来源指定<br>named by the source';
  const needs = platform.required.map((field) => `${FIELD[field] ?? field} \`${field}\``).join('、');
  const render = platform.render === 'when-missing' ? '<br>缺字段时用浏览器 browser when fields are missing' : '';
  const gap = `${platform.politeness.floorDelayMs / 1_000} s`;
  const named = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ') || '—';
  const kept = `${named(platform.keeps.account)}<br>${named(platform.keeps.post)}`;
  return `| \`${platform.id}\` | ${platform.name.zh}<br>${platform.name.en} | ${hosts} | ${ACCESS[platform.access]}${render} | ${gap} | ${needs} | ${skills.join('<br>')} | ${kept} |`;
}

const table = (platforms: readonly PlatformAdapter[]): string =>
  [
    '| 编号 · id | 平台 · Platform | 域名 · Hosts | 取得方式 · Access | 最小间隔 · Gap | 必有字段 · Required | 能读 · Reads (样本 · pages) | 另留 · Also kept |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...platforms.map(row),
  ].join('\n');

/** The whole page. */
export function platformsDoc(): string {
  const sandbox = (platform: PlatformAdapter): boolean => platform.id.startsWith('sandbox-');
  const real = PLATFORMS.filter((platform) => !sandbox(platform)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return `${HEAD}${table(real)}\n\n## 演示平台 · Sandbox\n\n${table(PLATFORMS.filter(sandbox))}\n${FOOT}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(PLATFORMS_DOC, platformsDoc());
