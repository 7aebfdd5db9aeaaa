/**
 * Evidence packages as the desk asks for them: written below `<data>/exports/`, one at a time, kept for a day under
 * case and digest so that what was exported can be fetched, and opened on the replay host.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CasePackages } from '../api/deps.ts';
import type { ReplayHost } from '../api/replay/server.ts';
import { newId } from '../core/ids.ts';
import type { Actor } from '../core/model/role.ts';
import { type ExportDeps, type ExportReceipt, exportCase, type Purpose } from './export-case.ts';

const KEPT_MS = 24 * 3_600_000;

/** `<case id>.<sha256>.<number>.wacz`: what is found again needs no table. What was made for a replay has a name of its own and is not found. */
const NAME = /^([0-9a-f-]{36})\.([0-9a-f]{64})\.([A-Za-z0-9-]{1,40})\.wacz$/;

/** The packages of a service. */
export function createPackageDesk(deps: ExportDeps, replay: ReplayHost): CasePackages {
  const folder = path.join(deps.config.dataDir, 'exports');
  let last: Promise<unknown> = Promise.resolve();

  /** Files older than a day, and half files of a killed process, go. */
  const sweep = async (): Promise<void> => {
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const { mtimeMs } = await stat(file);
      if (Date.now() - mtimeMs > KEPT_MS) await rm(file, { force: true });
    }
  };
  const make = async (caseId: string, actor: Actor, ip: string, purpose: Purpose): Promise<ExportReceipt> => {
    await mkdir(folder, { recursive: true, mode: 0o750 });
    await sweep();
    const file = path.join(folder, `${newId()}.new`);
    const receipt = await exportCase(deps, caseId, file, actor, ip, purpose);
    const kept = path.join(folder, `${receipt.caseId}.${receipt.sha256}.${receipt.caseNumber}${purpose === 'replay' ? '.replay' : ''}.wacz`);
    await rename(file, kept);
    return { ...receipt, file: kept };
  };
  /** Two at once would read twice as much for nobody's gain. */
  const inTurn = (caseId: string, actor: Actor, ip: string, purpose: Purpose): Promise<ExportReceipt> => {
    const next = last.then(() => make(caseId, actor, ip, purpose));
    last = next.catch(() => undefined);
    return next;
  };
  return {
    export: async (caseId, actor, ip) => {
      const { caseNumber: number, captures, bytes, sha256, sm3, state, ledgerSeq } = await inTurn(caseId, actor, ip, 'export');
      return { number, captures, bytes, sha256, sm3, state, ledgerSeq };
    },
    find: async (caseId, sha256) => {
      const names = await readdir(folder).catch(() => []);
      const found = names.map((name) => NAME.exec(name)).find((match) => match?.[1] === caseId && match[2] === sha256);
      if (!found) return null;
      const file = path.join(folder, found[0]);
      return { file, name: `${found[3]}.wacz`, bytes: (await stat(file)).size };
    },
    replay: async (caseId, actor, ip, deskHost) => {
      const { file, caseNumber, sha256, first } = await inTurn(caseId, actor, ip, 'replay');
      const page = first && { title: first.title, url: first.url, at: first.at.toISOString() };
      return { url: replay.open({ file, title: caseNumber, sha256, first }, deskHost), page };
    },
  };
}
