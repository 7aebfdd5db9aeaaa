/** The shipped score of likeness to known fake advertisements; screening goes on without it when its file cannot be used, and where and why is told. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLikeness, parseLikeness } from '../classifiers/false-posting/likeness.ts';
import type { FakeScore } from '../classifiers/screen.ts';
import { reasonOf } from '../core/errors.ts';

const SHIPPED = fileURLToPath(new URL('../classifiers/false-posting/artifact/likeness.json', import.meta.url));

export function shippedFakeScore(say = (words: string): void => void process.stderr.write(words), file = SHIPPED): FakeScore | undefined {
  try {
    return createLikeness(parseLikeness(readFileSync(file, 'utf8'), file));
  } catch (error) {
    say(`${reasonOf(error)}；不作虚假广告相似评分\n`);
    return undefined;
  }
}
