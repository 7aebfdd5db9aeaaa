/** Works off a file of posts that was uploaded or laid into the watched folder. Killed, it goes on behind the last stored line. */
import { TOPICS } from '../../core/events.ts';
import { endImport, readImport } from '../../db/repositories/post-import.ts';
import { defineJob } from '../define.ts';
import { reasonToShow, workImport } from '../import-file.ts';

export const importPosts = defineJob({
  name: 'import.posts',
  queue: 'import',
  input: TOPICS['import.posts'],
  attempts: 4,
  backoffMs: 10_000,
  key: ({ importId }) => importId,
  run: async ({ importId }, ctx) => {
    await workImport(ctx, importId);
  },
  failed: async ({ importId }, ctx, reason) => {
    const said = reasonToShow(await readImport(ctx.db, importId), ctx.config.dataDir, reason);
    await endImport(ctx.db, importId, 'failed', said, ctx.clock.now());
  },
});
