/** Asks a page something in a world of its own, where the page's scripts cannot have replaced anything. */
import type { BrowserContext, Page } from 'playwright';

/** @returns what the expression comes to, as JSON carries it */
export async function inOwnWorld(context: BrowserContext, page: Page, expression: string): Promise<unknown> {
  const session = await context.newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'pincha' });
    const { result } = await session.send('Runtime.evaluate', { expression, contextId: executionContextId, returnByValue: true });
    return result.value;
  } finally {
    await session.detach().catch(() => {});
  }
}
