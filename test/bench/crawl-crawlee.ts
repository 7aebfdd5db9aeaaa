/** Crawlee's side of `crawl.ts`: the same links followed, title and text of each job kept in its dataset. */
import { CheerioCrawler, Configuration, log } from '@crawlee/cheerio';
import type { CrawlDone, CrawlOrder } from './crawl-ours.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as CrawlOrder;
log.setLevel(log.LEVELS.ERROR);
const configuration = new Configuration({ persistStorage: order.keep, purgeOnStart: true, storageClientOptions: { localDataDirectory: order.dir } });
let pages = 0;
const crawler = new CheerioCrawler(
  {
    minConcurrency: order.atOnce,
    maxConcurrency: order.atOnce,
    // Its brake for a busy machine, which would say nothing of the crawler itself.
    autoscaledPoolOptions: { systemStatusOptions: { maxCpuOverloadedRatio: 1, maxEventLoopOverloadedRatio: 1, maxMemoryOverloadedRatio: 1 } },
    async requestHandler({ $, request, enqueueLinks, pushData }) {
      pages += 1;
      await enqueueLinks({ selector: 'a.job-link, a.next' });
      const job = $('article.job');
      if (job.length > 0) await pushData({ url: request.url, id: job.attr('data-job-id'), title: $('.job-title').text(), text: $('.job-text').text() });
    },
  },
  configuration,
);
const [began, cpu] = [performance.now(), process.cpuUsage()];
await crawler.run([...order.boards]);
const seconds = (performance.now() - began) / 1_000;
const used = process.cpuUsage(cpu);
process.send?.({
  pages,
  seconds,
  cpuSeconds: (used.user + used.system) / 1e6,
  rssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
} satisfies CrawlDone);
process.disconnect?.();
