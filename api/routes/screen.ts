/** Screening before publishing: up to 100 posts in, one result a post out, in order. Stateless; nothing is stored. */
import { z } from 'zod';
import { screenResultSchema } from '../../core/model/finding.ts';
import { postInputSchema } from '../../core/model/post.ts';
import type { Api, ApiDeps } from '../deps.ts';

const screenBody = z.object({ posts: z.array(postInputSchema).min(1).max(100) });
const screenAnswer = z.object({ results: z.array(screenResultSchema) });

export function screenRoutes(app: Api, deps: ApiDeps): void {
  const { screen } = deps;
  if (!screen) return;
  app.post('/screen', { config: { needs: ['case.read', 'post.import'] }, schema: { body: screenBody, response: { 200: screenAnswer } } }, async (req) => ({
    results: await screen(req.body.posts),
  }));
}
