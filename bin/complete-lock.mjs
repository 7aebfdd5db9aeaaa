/**
 * Run after every change of package-lock.json. A registry may not serve each optional platform package (a mirror that
 * carries one platform); npm then leaves them out of the lock, and `npm ci` refuses the lock where they are served.
 * This adds them without integrity, by what their name says of platform, processor and C library.
 */
import fs from 'node:fs';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
const PLATFORM =
  /-(darwin|linux|win32|windows|freebsd|openbsd|netbsd|sunos|aix|android|openharmony)-?(arm64|x64|arm|ia32|ppc64|s390x|riscv64|loong64|mips64el)?/;

const known = new Set(Object.keys(lock.packages).map((at) => at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length)));
const added = [];
for (const { optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (known.has(name)) continue;
    const [, os, cpu] = PLATFORM.exec(name) ?? [];
    if (!os) {
      console.error(`${name}: its platform cannot be told from its name; enter it by hand`);
      process.exitCode = 1;
      continue;
    }
    const libc = os !== 'linux' ? {} : /musl/.test(name) ? { libc: ['musl'] } : /gnu/.test(name) ? { libc: ['glibc'] } : {};
    const version = range.replace(/^[\^~]/, '');
    lock.packages[`node_modules/${name}`] = { version, cpu: cpu ? [cpu] : [], ...libc, optional: true, os: [os === 'windows' ? 'win32' : os] };
    known.add(name);
    added.push(`${name}@${version}`);
  }
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
const addresses = Object.values(lock.packages).filter((p) => /^https?:/.test(p.resolved ?? '')).length;
if (addresses > 0) {
  console.error(`${addresses} packages name the registry they came from; install with --omit-lockfile-registry-resolved`);
  process.exitCode = 1;
}
console.log(added.length === 0 ? 'package-lock.json is complete' : `added ${added.join(', ')}`);
