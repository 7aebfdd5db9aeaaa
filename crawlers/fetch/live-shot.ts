/**
 * The page shot of a page that only scripts complete, taken while it stands drawn: laid out again from the sealed DOM it
 * would lack what a script sets beside the DOM (styles made in memory, canvases, shadow trees) and every picture that was
 * not sealed. Taken right after the DOM was serialised; it is a help for readers and never costs the page itself.
 */
import type { BrowserContext, Page } from 'playwright';
import type { LiveShot } from '../../core/model/capture.ts';
import { bothLayouts, MEASURE_LAYOUT, pageLayoutSchema } from '../../core/model/page-layout.ts';
import { inOwnWorld } from './own-world.ts';

const MAX_HEIGHT = 12_000;
const MAX_TEXT = 200_000;
const SHOT_MS = 6_000;

const TALL = 'Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0)';
const TEXT = `document.body ? document.body.innerText.slice(0, ${MAX_TEXT}) : ''`;

async function take(context: BrowserContext, page: Page, width: number): Promise<LiveShot | null> {
  const where = page.url();
  const height = Number(await inOwnWorld(context, page, TALL));
  const cut = height > MAX_HEIGHT;
  // What stands fixed at the window's edge is drawn once, where it was measured.
  await page.setViewportSize({ width, height: Math.max(1, Math.min(height, MAX_HEIGHT)) });
  const before = pageLayoutSchema.safeParse(await inOwnWorld(context, page, MEASURE_LAYOUT));
  const domText = await inOwnWorld(context, page, TEXT);
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide', timeout: SHOT_MS });
  const after = pageLayoutSchema.safeParse(await inOwnWorld(context, page, MEASURE_LAYOUT));
  if (page.url() !== where || typeof domText !== 'string') return null;
  return { png, domText, cut, layout: before.success && after.success ? bothLayouts(before.data, after.data) : null };
}

/** @param width of the window, CSS pixels @returns null when there was no time, or the page would not be drawn */
export async function takeLiveShot(context: BrowserContext, page: Page, width: number, leftMs: number): Promise<LiveShot | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.min(SHOT_MS, leftMs));
  });
  const work = take(context, page, width).catch(() => null);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
