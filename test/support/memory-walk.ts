/** A whole walk with its frontier in memory: each step settled before the next is asked for, as whoever stores them does. */
import { type CrawlRequest, crawlSource, type WalkEnd, type WalkStep } from '../../crawlers/crawl.ts';
import { firstLinks } from '../../crawlers/following.ts';
import { createMemoryFrontier } from '../../crawlers/frontier.ts';

export type MemoryRequest = Omit<CrawlRequest, 'frontier'>;

/** @param look told of each step before it is settled */
export async function walkInMemory(request: MemoryRequest, look: (step: WalkStep) => void = () => undefined): Promise<{ steps: WalkStep[]; end: WalkEnd }> {
  const frontier = createMemoryFrontier(firstLinks(request));
  const steps: WalkStep[] = [];
  const walk = crawlSource({ ...request, frontier });
  for (let next = await walk.next(); ; next = await walk.next()) {
    if (next.done) return { steps, end: next.value };
    steps.push(next.value);
    look(next.value);
    frontier.settle(next.value, next.value.settlement);
  }
}
