/**
 * What a page's script fetched to draw it: its GET requests (scripts too, which may carry data) with what their answers can be recognised by. Asked for
 * again on the next visit they tell, without a browser, whether the page would look the same. A page whose script sends
 * anything else, or too much, cannot be judged so, and is drawn again.
 */
import type { Request, Response } from 'playwright';
import { sha256 } from '../../core/digest.ts';
import type { PagePart } from '../../core/model/capture.ts';

const MAX_PARTS = 12;
const MAX_PART_BYTES = 4 * 1024 * 1024;
const DATA: ReadonlySet<string> = new Set(['xhr', 'fetch', 'script', 'eventsource']);
/** What the script itself set: nothing that names a person or a session. */
const OWN_HEADER = /^x-[a-z\d-]{1,60}$/;

export interface PartsTaker {
  see(response: Response): void;
  /** The parts in the order they came; null when the page cannot be judged by them. */
  taken(budget: { race<T>(work: Promise<T>): Promise<T> }): Promise<readonly PagePart[] | null>;
}

async function partOf(request: Request, response: Response): Promise<PagePart | null> {
  const headers = await request.allHeaders();
  if (
    request.method() !== 'GET' ||
    request.resourceType() === 'eventsource' ||
    headers.cookie !== undefined ||
    headers.authorization !== undefined ||
    response.status() !== 200
  )
    return null;
  const body = await response.body();
  if (body.length > MAX_PART_BYTES) return null;
  const answered = response.headers();
  return {
    url: request.url(),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => OWN_HEADER.test(name))),
    etag: answered.etag ?? null,
    lastModified: answered['last-modified'] ?? null,
    sha256: sha256(body),
  };
}

export function takeParts(): PartsTaker {
  const seen: Promise<PagePart | null>[] = [];
  return {
    see(response) {
      const request = response.request();
      if (!DATA.has(request.resourceType()) || seen.length > MAX_PARTS) return;
      seen.push(partOf(request, response).catch(() => null));
    },
    async taken(budget) {
      if (seen.length > MAX_PARTS) return null;
      const parts = await budget.race(Promise.all(seen));
      return parts.every((part) => part !== null) ? parts : null;
    },
  };
}
