/** placeholder until the next file */
import type { Browser } from 'playwright';
import type { FetchResult } from '../../core/model/capture.ts';
import type { FetchOptions } from '../../core/ports.ts';
import type { FetchTools } from './gate.ts';
import { nothing } from './outcome.ts';
export async function renderPage(_tools: FetchTools, _browser: () => Promise<Browser>, _url: string, _options: FetchOptions): Promise<FetchResult> {
  return nothing('unavailable', null);
}
