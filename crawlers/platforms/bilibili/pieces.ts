/** 哔哩哔哩's authors and rich texts: the same few fields under the names of different interfaces. */
import type { AccountInput, SubjectType } from '../../../core/model/post.ts';
import { absolute } from '../../extract/html.ts';
import { at, isTree, list, num, str } from '../../extract/tree.ts';
import { verifiedSubject } from '../../extract/verified.ts';
import { makeAccount } from '../define.ts';

/** Kinds of a mark's `type`: 0 a person, 1 an organisation. */
const ORGANISATION = 1;
/** Roles of organisations: 3 company, 4 public body, 5 media, 6 others. */
const PUBLIC_BODY = 4;

/** The account of an author, an owner, a card or a space. */
export function biliUser(user: unknown, id = str(user, 'mid') ?? str(user, 'uid') ?? str(user, 'vmid')): AccountInput | null {
  const marks = ['official_verify', 'official', 'Official', 'official_info', 'OfficialVerify'].map((k) => at(user, k)).filter(isTree);
  const kind = marks.map((m) => num(m, 'type')).find((v) => v !== undefined && v >= 0);
  const phrase = marks.map((m) => str(m, 'title') ?? str(m, 'desc')).find((v) => v !== undefined);
  const role = marks.map((m) => num(m, 'role')).find((v) => v !== undefined);
  const subjectType: SubjectType | undefined = kind === 0 ? 'individual' : role === PUBLIC_BODY ? 'public' : undefined;
  return makeAccount({
    id,
    name: str(user, 'name') ?? str(user, 'uname') ?? str(user, 'author_name'),
    description: str(user, 'sign'),
    subjectName: kind === ORGANISATION ? verifiedSubject(phrase) : undefined,
    subjectType,
    verified: marks.length > 0 ? kind !== undefined : undefined,
    verifiedReason: phrase,
    url: id ? `https://space.bilibili.com/${id}` : undefined,
  });
}

/** The words of a run of nodes: text, topics, mentions and emoticons as the reader sees them. */
export const nodesText = (nodes: readonly unknown[]): string =>
  nodes
    .map((n) =>
      str(n, 'word', 'words') !== undefined
        ? String(at(n, 'word', 'words'))
        : (untrimmed(n, 'rich', 'text') ??
          untrimmed(n, 'rich', 'orig_text') ??
          untrimmed(n, 'text') ??
          untrimmed(n, 'orig_text') ??
          untrimmed(n, 'formula', 'latex_content') ??
          ''),
    )
    .join('');

/** Spaces between the nodes of a line are part of it. */
function untrimmed(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** Words and pictures of an opus's paragraphs. */
export function paragraphsOf(paragraphs: readonly unknown[]): { text: string; images: string[] } {
  const lines: string[] = [];
  const images: string[] = [];
  for (const p of paragraphs.slice(0, 2_000)) {
    for (const pic of list(p, 'pic', 'pics')) images.push(absolute(str(pic, 'url'), null) ?? '');
    const line = nodesText(list(p, 'text', 'nodes')) || nodesText(list(p, 'heading', 'nodes'));
    if (line) lines.push(line);
    for (const item of [...list(p, 'list', 'items'), ...list(p, 'list', 'children')])
      lines.push(nodesText(list(item, 'nodes')) || paragraphsOf(list(item, 'children')).text);
    for (const child of list(p, 'blockquote', 'children')) lines.push(paragraphsOf([child]).text);
    const code = str(p, 'code', 'content');
    if (code) lines.push(code);
    const card = at(p, 'link_card', 'card');
    if (card !== undefined)
      lines.push(
        ['common', 'ugc', 'opus', 'goods', 'reserve', 'vote'].map((k) => str(card, k, 'title') ?? str(card, k, 'desc')).find((v) => v !== undefined) ?? '',
      );
  }
  return { text: lines.filter(Boolean).join('\n').trim(), images: images.filter(Boolean) };
}
