/**
 * A 哔哩哔哩 dynamic: `modules` is an object in lists and a list of named modules on its own page. Its words stand in
 * `module_dynamic.desc`, in `major.opus.summary`, in an article's or video's fields, or in paragraphs; a forwarded one
 * carries the original's words and pictures behind its own.
 */
import type { PostInput } from '../../../core/model/post.ts';
import { contactStrings } from '../../extract/contacts.ts';
import { absolute } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { at, isTree, list, parseJson, str } from '../../extract/tree.ts';
import { makePost } from '../define.ts';
import { biliUser, nodesText, paragraphsOf } from './pieces.ts';

/** True for a dynamic in either form. */
export const isDynamic = (value: unknown): boolean => {
  if (!isTree(value) || (str(value, 'id_str') ?? str(value, 'id')) === undefined) return false;
  const modules = at(value, 'modules');
  return (
    isTree(at(modules, 'module_author')) || (Array.isArray(modules) && modules.some((m) => isTree(at(m, 'module_author')) || isTree(at(m, 'module_content'))))
  );
};

/** The named module, whichever form `modules` has. */
const moduleOf = (value: unknown, name: string): unknown => {
  const modules = at(value, 'modules');
  return Array.isArray(modules) ? modules.map((m) => at(m, name)).find((m) => m !== undefined) : at(modules, name);
};

interface Content {
  readonly title?: string | undefined;
  readonly text: string;
  readonly images: string[];
  readonly link?: string | undefined;
}

const urls = (pictures: readonly unknown[], ...names: readonly string[]): string[] =>
  pictures.map((p) => absolute(str(p) ?? names.map((n) => str(p, n)).find((v) => v !== undefined), null)).filter((u) => u !== undefined);

/** A video without a description has a dash for one. */
const wordsOf = (text: string | undefined): string => (text === undefined || text === '-' ? '' : text);

function majorOf(major: unknown): Content {
  const opus = at(major, 'opus');
  if (opus !== undefined)
    return {
      title: str(opus, 'title'),
      text: str(opus, 'summary', 'text') ?? nodesText(list(opus, 'summary', 'rich_text_nodes')),
      images: urls(list(opus, 'pics'), 'url', 'src'),
    };
  const archive = at(major, 'archive') ?? at(major, 'ugc_season') ?? at(major, 'pgc');
  if (archive !== undefined)
    return {
      title: str(archive, 'title'),
      text: wordsOf(str(archive, 'desc')),
      images: urls([at(archive, 'cover')]),
      link: absolute(str(archive, 'jump_url'), null),
    };
  const article = at(major, 'article');
  if (article !== undefined)
    return {
      title: str(article, 'title'),
      text: str(article, 'desc') ?? '',
      images: urls(list(article, 'covers')),
      link: absolute(str(article, 'jump_url'), null),
    };
  const draw = at(major, 'draw');
  if (draw !== undefined) return { text: '', images: urls(list(draw, 'items'), 'src', 'url') };
  const common = at(major, 'common') ?? at(major, 'live') ?? at(major, 'music') ?? at(major, 'courses');
  if (common !== undefined)
    return {
      title: str(common, 'title'),
      text: [str(common, 'desc'), str(common, 'label')].filter(Boolean).join('\n'),
      images: urls([at(common, 'cover')]),
      link: absolute(str(common, 'jump_url'), null),
    };
  const live = parseJson(str(major, 'live_rcmd', 'content') ?? '');
  return { title: str(live, 'live_play_info', 'title'), text: '', images: urls([at(live, 'live_play_info', 'cover')]) };
}

/** Everything a dynamic says, its own page's paragraphs included. */
function contentOf(value: unknown): Content {
  const dynamic = moduleOf(value, 'module_dynamic');
  const major = majorOf(at(dynamic, 'major'));
  const body = paragraphsOf(list(moduleOf(value, 'module_content'), 'paragraphs'));
  const top = urls(list(moduleOf(value, 'module_top'), 'display', 'album', 'pics'), 'url');
  const said = str(dynamic, 'desc', 'text') ?? nodesText(list(dynamic, 'desc', 'rich_text_nodes'));
  const topic = str(dynamic, 'topic', 'name') ?? str(moduleOf(value, 'module_topic'), 'name');
  const extra = at(dynamic, 'additional');
  const more = ['common', 'goods', 'reserve', 'ugc', 'vote'].flatMap((k) => [str(extra, k, 'title'), str(extra, k, 'desc1', 'text') ?? str(extra, k, 'desc')]);
  const text = [topic && !said.includes(topic) ? `#${topic}#` : '', said, major.text === said ? '' : major.text, body.text, ...more].filter(Boolean).join('\n');
  return {
    title: str(moduleOf(value, 'module_title'), 'text') ?? major.title,
    text: text.trim(),
    images: [...new Set([...top, ...major.images, ...body.images])],
    link: major.link,
  };
}

const INVISIBLE = /源动态已被作者删除|源动态不见了|动态已失效/;

/** A dynamic as a post; null for an empty one. */
export function dynamicPost(value: unknown, fetchedAt: Date | null): PostInput | null {
  const id = str(value, 'id_str') ?? str(value, 'id');
  const author = moduleOf(value, 'module_author');
  const own = contentOf(value);
  const origin = at(value, 'orig');
  const quoted = isTree(origin) ? contentOf(origin) : null;
  const source = quoted ? str(moduleOf(origin, 'module_author'), 'name') : undefined;
  const text = quoted ? [own.text, `转发 @${source ?? ''}：`, quoted.title, quoted.text].filter(Boolean).join('\n') : own.text;
  const account = biliUser(author);
  const jump = absolute(str(value, 'basic', 'jump_url'), null);
  const opus = Array.isArray(at(value, 'modules')) || /DRAW|ARTICLE|WORD/.test(str(value, 'type') ?? '');
  return makePost({
    id,
    platform: 'bilibili',
    title: own.title,
    text,
    publishedAt: readTime(at(author, 'pub_ts') ?? undefined, fetchedAt) ?? readTime(str(author, 'pub_time'), fetchedAt),
    url: jump && /\/opus\//.test(jump) ? jump : id ? (opus ? `https://www.bilibili.com/opus/${id}` : `https://t.bilibili.com/${id}`) : undefined,
    images: [...new Set([...own.images, ...(quoted?.images ?? [])])],
    contacts: contactStrings(text),
    account: account ?? undefined,
    kind: str(value, 'type'),
    link: own.link ?? quoted?.link,
    repostOf: quoted ? str(origin, 'id_str') : undefined,
    repostOfAccount: source,
    originGone: quoted && INVISIBLE.test(quoted.text) ? true : undefined,
    ipRegion: str(author, 'pub_location_text')?.replace(/^IP属地[:：]\s*/, ''),
  });
}
