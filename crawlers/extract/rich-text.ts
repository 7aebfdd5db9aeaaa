/**
 * Text of markup in which pictures stand for characters: an emoticon is written as its code (`[赞]`), so that what
 * a reader sees as a sign is not lost; other pictures say nothing.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { loadHtml, nodeText } from './html.ts';

const MAX_SIGNS = 5_000;
const CODE = /^\[[^\]\s]{1,20}\]$/;

/** The code of an emoticon: its alternative text, or the name of its file where there is none. */
function codeOf(alt: string | undefined, text: string | undefined, src: string | undefined, emoticon: boolean): string | null {
  for (const given of [alt, text]) {
    const said = given?.trim() ?? '';
    if (CODE.test(said)) return said;
    if (emoticon && said !== '' && said.length <= 20) return `[${said}]`;
  }
  const file = emoticon ? /([\w-]{1,40})\.(?:png|gif|webp)/.exec(src ?? '')?.[1] : undefined;
  return file ? `[${file}]` : null;
}

/** Replaces every emoticon picture of the tree with its code, in place. */
export function writeEmoticons($: CheerioAPI): void {
  for (const img of $('img').toArray().slice(0, MAX_SIGNS)) {
    const $img = $(img);
    const emoticon = /smil|(?<!nickname)emoji|emoticon|face_img/i.test($img.attr('class') ?? '');
    const code = codeOf($img.attr('alt'), $img.attr('text') ?? $img.attr('title'), $img.attr('src'), emoticon);
    if (code !== null) $img.replaceWith($('<span></span>').text(code));
  }
}

/** Text of a fragment of markup with emoticons as codes and line breaks kept. */
export function richText(html: string): string {
  if (!/[<&]/.test(html)) return html.trim();
  const $ = loadHtml(html);
  writeEmoticons($);
  return nodeText($.root().toArray(), true);
}
