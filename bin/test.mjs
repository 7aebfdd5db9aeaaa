/** `npm test`: everything that must hold, cheapest first: types, lint, directions, dead code, then all tests. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => path.join(root, 'node_modules', name);
const FOLDERS = ['core', 'crawlers', 'evidence', 'classifiers', 'cases', 'queue', 'db', 'api', 'review-ui', 'sandbox', 'bin'];

const STEPS = [
  ['types', [bin('typescript/bin/tsc'), '-p', '.']],
  ['lint and format', [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']],
  ['import directions', [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...FOLDERS]],
  ['dead code', [bin('knip/bin/knip.js')]],
  ['tests', [bin('vitest/vitest.mjs'), 'run']],
];

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const wanted = process.argv.slice(2);
for (const [name, args] of STEPS) {
  if (wanted.length > 0 && name !== 'tests') continue;
  console.log(`\n— ${name}`);
  const code = await run(name === 'tests' ? [...args, ...wanted] : args);
  if (code !== 0) {
    console.error(`\n${name}: failed (${code})`);
    process.exit(code);
  }
}
