/** A process of its own that imports a file of posts into the database it is given and screens what it touched, for tests that kill it. */
import path from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { connect, inTransaction } from '../../db/connect.ts';
import { releaseDue } from '../../db/repositories/due.ts';
import { beginImport } from '../../db/repositories/post-import.ts';
import { createSealer } from '../../evidence/warc.ts';
import { digestOfFile, importKey, workImport } from '../../queue/import-file.ts';
import { screenDue } from '../../queue/screen-due.ts';
import { archiveContext } from './archive-context.ts';

const [url = '', dir = '', file = ''] = process.argv.slice(2);
const { db, close } = connect(url);
const plain = await archiveContext(db);
const own = { sealer: createSealer({ dir }), config: { ...plain.config, dataDir: dir }, pictures: null };
const ctx = Object.defineProperties(plain, Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value, enumerable: true }])));
const { sha256, size } = await digestOfFile(file);
const head = { key: importKey(sha256, 'board', null), sha256, size, name: path.basename(file), platform: 'board', mapping: null, path: file };
const imp = await inTransaction(db, (tx) => beginImport(tx, { ...head, origin: 'command', by: '测试' }, systemClock.now()));
await workImport(ctx, imp.id, { known: true });
// Alone on the store: what the killed one had in hand is taken up at once.
await releaseDue(db);
await screenDue(ctx);
await own.sealer.close();
await close();
