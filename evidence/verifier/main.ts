/**
 * The command line of the verifier, built into the one file that travels with every package:
 * `node verify.mjs PACKAGE.wacz [--root-key PEM] [--tsa-ca PEM] [--sha256 HEX] [--json]`.
 * Exit codes: 0 everything holds · 1 something does not, the first is named · 2 wrong use, or the file cannot be read.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { jsonReport, tellReport } from './tell.ts';
import { verifyPackage } from './verify-package.ts';

const USAGE = '用法 usage: node verify.mjs PACKAGE.wacz [--root-key 公钥.pem] [--tsa-ca 时间戳机构证书.pem] [--sha256 整包摘要] [--json]';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'root-key': { type: 'string' }, 'tsa-ca': { type: 'string' }, sha256: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const [key, ca] = [values['root-key'], values['tsa-ca']];
  const report = await verifyPackage(file, {
    ...(key === undefined ? {} : { rootKey: readFileSync(key, 'utf8') }),
    ...(ca === undefined ? {} : { tsaCa: readFileSync(ca, 'utf8').match(CERTIFICATE) ?? [] }),
    ...(values.sha256 === undefined ? {} : { sha256: values.sha256 }),
  });
  process.stdout.write(values.json ? jsonReport(report) : tellReport(report));
  return report.ok ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
  },
);
