/** Door of a screening thread: Node 20 does not carry the TypeScript loader into threads by itself, so it is registered here. */
import { register } from 'tsx/esm/api';

register();
await import('./screen-worker.ts');
