/** The sandbox's single-page feed as the browser has drawn it; the shell before drawing is `parse_drift`, never "no posts". */
import { contactStrings } from '../../extract/contacts.ts';
import { absolute, loadHtml, nodeText } from '../../extract/html.ts';
import { readTime } from '../../extract/times.ts';
import { makeAccount, makePost } from '../define.ts';
import type { PageInput, Reading } from '../types.ts';

function profileOf(page: PageInput, $: ReturnType<typeof loadHtml>) {
  const id = $('.feed-profile').attr('data-id');
  const fact = (label: string): string | undefined => nodeText($(`.feed-profile__fact[data-label="${label}"] dd`).first().toArray()) || undefined;
  return makeAccount({
    id,
    url: id ? absolute(`/u/${id}`, page.url) : undefined,
    name: nodeText($('.feed-profile__name').first().toArray()),
    description: nodeText($('.feed-profile__bio').first().toArray()),
    subjectName: fact('认证主体'),
    uscc: fact('统一社会信用代码'),
    category: fact('招聘服务类标签'),
    licenceNo: fact('许可证号'),
    verifiedAt: fact('最近核验日期'),
    verified: $('.feed-profile__badge').attr('data-verified') === '1',
  });
}

/** Reads the drawn cards of an account's feed or of one post. */
export function readSandboxFeed(page: PageInput): Reading {
  const $ = loadHtml(page.html);
  const drawn = $('#app').attr('data-state') === 'ready';
  const account = $('.feed-profile').length > 0 ? profileOf(page, $) : null;
  const posts = $('#app .feed-card[data-id]')
    .toArray()
    .map((card) => {
      const text = nodeText($(card).find('.feed-card__text').toArray(), true);
      const time = $(card).find('.feed-card__time');
      return makePost({
        id: $(card).attr('data-id'),
        platform: 'sandbox-feed',
        title: nodeText($(card).find('.feed-card__title').toArray()),
        text,
        publishedAt: readTime(time.attr('datetime') ?? nodeText(time.toArray()), page.fetchedAt ?? null),
        url: absolute($(card).find('a.feed-card__link').attr('href'), page.url),
        contacts: contactStrings(text),
        account: account ?? undefined,
      });
    })
    .filter((p) => p !== null);
  return { account, posts, level: 'detail', empty: drawn };
}
