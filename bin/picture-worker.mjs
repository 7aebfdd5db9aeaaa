/** Door of the process that reads pictures: the TypeScript loader is registered here, whoever starts it. */
import { register } from 'tsx/esm/api';

register();
await import('./picture-worker.ts');
