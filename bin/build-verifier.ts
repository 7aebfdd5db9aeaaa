/**
 * Builds the single-file verifier that travels with every evidence package from `evidence/verifier/`:
 * `node --import tsx bin/build-verifier.ts` writes `evidence/verify.mjs`. A test holds the file against its sources.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { PinchaError } from '../core/errors.ts';

export const BUILT_VERIFIER = new URL('../evidence/verify.mjs', import.meta.url);
const BANNER = `#!/usr/bin/env node
// 聘查 Pincha 证据包校验器 / evidence package verifier. Needs Node 20 or newer and nothing else; Apache-2.0.
// node verify.mjs PACKAGE.wacz [--root-key PUBLIC.pem] [--tsa-ca CA.pem] [--sha256 HEX] [--json]
// 0 全部完好 everything holds · 1 有问题，指出首个 the first fault is named · 2 用法有误或文件不可读 wrong use or unreadable
// Built from evidence/verifier; change it there.
`;

/** The text of the built verifier. */
export async function buildVerifier(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      ssr: fileURLToPath(new URL('../evidence/verifier/main.ts', import.meta.url)),
      target: 'node20',
      minify: false,
      rollupOptions: { output: { format: 'es' } },
    },
  });
  const [chunk, ...more] = 'output' in built ? built.output : [];
  if (chunk?.type !== 'chunk' || more.length > 0) throw new PinchaError('INTERNAL', { reason: '校验器应构建为一个文件' });
  return `${BANNER}${chunk.code.replace(/^\/\/#(end)?region.*\n/gm, '')}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(BUILT_VERIFIER, await buildVerifier());
