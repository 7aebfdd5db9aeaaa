#!/usr/bin/env node
/** Door of the `pincha` command: lets TypeScript run, then hands over. Needs an installed checkout (`npm start` installs). */
import { register } from 'tsx/esm/api';

register();
await import('./pincha.ts');
