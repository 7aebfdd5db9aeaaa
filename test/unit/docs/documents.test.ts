/** The documents keep their word: settings are the program's own, links lead somewhere, both READMEs say the same. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIGURATION_DOC, configurationDoc } from '../../../bin/configuration-doc.ts';
import { PLATFORMS_DOC, platformsDoc } from '../../../bin/platforms-doc.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const inDocs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => path.join('docs', name));
const PAGES = [...readdirSync(ROOT), ...inDocs].filter((name) => name.endsWith('.md'));
const read = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');
const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** Headings as a code host makes anchors of them. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} +(.+)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

const linksOf = (text: string): string[] => [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|<img[^>]* src="([^"]+)"/g)].map(([, a, b]) => a ?? b ?? '');

describe('documents', () => {
  it('holds the configuration page to the table of settings', () => {
    expect(readFileSync(CONFIGURATION_DOC, 'utf8')).toBe(configurationDoc());
  });

  it('say of platforms what their adapters declare', () => {
    expect(readFileSync(PLATFORMS_DOC, 'utf8')).toBe(platformsDoc());
  });

  it.each(PAGES)('%s links to what exists', (page) => {
    const broken = linksOf(read(page)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(decodeURIComponent(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('says the same in both READMEs: as many sections, the same commands, links and pictures', () => {
    const shape = (text: string) => ({
      sections: [...text.matchAll(/^(#{1,3}) /gm)].map(([, marks]) => marks),
      commands: [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, lines = '']) => lines.replace(/ *#.*$/gm, '').trim()),
      links: linksOf(text).filter((link) => !/README/.test(link)),
    });
    expect(shape(read('README.zh-CN.md'))).toEqual(shape(read('README.md')));
  });

  it('keeps pictures small enough to clone', () => {
    const pictures = inDocs.filter((name) => name.endsWith('.png'));
    expect(pictures.length).toBeGreaterThan(0);
    for (const name of pictures) expect(statSync(path.join(ROOT, name)).size, name).toBeLessThan(400_000);
  });

  it('names every command the program has in the operations page', () => {
    const sources = ['bin/pincha.ts', ...readdirSync(path.join(ROOT, 'bin/commands')).map((name) => `bin/commands/${name}`)].map(read);
    const commands = sources.flatMap((source) => [...source.matchAll(/\bprogram\s*\.command\('([a-z]+)/g)].map(([, name = '']) => name));
    expect(commands).toContain('start');
    expect(commands.length).toBeGreaterThanOrEqual(11);
    const operations = read('docs/operations.md');
    expect(commands.filter((name) => !operations.includes(`pincha ${name}`))).toEqual([]);
  });
});
