/**
 * Exports the evidence package of one case: gathers what the store knows, lets `evidence/` write it, checks the written
 * file with the very verifier that travels inside, and only then enters the export, with the digest of the whole file,
 * into ledger and audit log and hands the file out.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { extractionRecord } from '../cases/evidence/extraction-record.ts';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { PinchaError } from '../core/errors.ts';
import type { CaseFacts, FindingFacts } from '../core/model/facts.ts';
import type { Actor } from '../core/model/role.ts';
import { SEAL_STATE_ZH } from '../core/model/seal-state.ts';
import { LEVELS } from '../core/model/taxonomy.ts';
import type { ContentStore } from '../core/ports.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { appendAudit } from '../db/repositories/audit.ts';
import { appendLedger } from '../db/repositories/capture.ts';
import { loadCaseFacts } from '../db/repositories/case.ts';
import {
  caseIdOf,
  custodyOf,
  type PackageScope,
  packagedCaptures,
  packagedReadings,
  packagedRevisits,
  packageNotices,
  readPackageScope,
} from '../db/repositories/read-package.ts';
import { listUsers } from '../db/repositories/user.ts';
import { ledgerRow } from '../evidence/ledger.ts';
import { type BuiltPackage, buildPackage, type PackageInput, type PackageStanding } from '../evidence/package.ts';
import { WARC_PART } from '../evidence/package-index.ts';
import { readStatement, rootHash } from '../evidence/root.ts';
import { fingerprintOf } from '../evidence/root-key.ts';
import type { EvidencePlace } from '../evidence/vault.ts';
import { originOf, UNSIGNED } from '../evidence/verifier/origin.ts';
import { type PackageReport, verifyPackage } from '../evidence/verifier/verify-package.ts';
import { placeName, readBytes } from '../evidence/warc.ts';
import { closeDays, type RootMakers, sealRoots } from '../queue/roots.ts';
import { proveRows } from './prove-rows.ts';
import { VERSION } from './version.ts';

export interface ExportDeps {
  readonly db: Db;
  readonly config: Config;
  readonly clock: Clock;
  /** The evidence folder, or another vault. */
  readonly vault: EvidencePlace;
  readonly content: ContentStore;
  /** Close the rows that wait before an export, so that what leaves the house stands under a root; without it they stay open. */
  readonly makers?: RootMakers;
}

/** A package made only to be looked at stays here: it is logged, and no ledger row says that it left. */
export type Purpose = 'export' | 'replay';

export interface ExportReceipt {
  readonly file: string;
  readonly caseId: string;
  readonly caseNumber: string;
  readonly captures: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly sm3: string;
  readonly state: PackageReport['state'];
  /** Ledger row that tells of this export. */
  readonly ledgerSeq: number;
  /** The page a replay begins with. */
  readonly first: { readonly url: string; readonly at: Date; readonly title: string } | null;
}

const VERIFIER = new URL('../evidence/verify.mjs', import.meta.url);

const readme = (number: string): string => `聘查证据包 ${number}

校验（只需 Node 20 或更新版本，不联网）：
  1. 取出 verify.mjs（最好用自己另行取得的同一文件，而不是包内这一份）
  2. node verify.mjs 本文件.wacz
     --sha256 导出回执上的整包 SHA-256    --root-key 出证机关公钥.pem
  退出码：0 全部完好；1 有问题，指出首个；2 用法有误或文件不可读
来源：包内各摘要只证明打包之后未被改动，不证明是谁打的包；没有机关签名时，任何人都能整体重做一个
  内部一致的包。校验程序会列出它没有证明什么（“未证明”）。请将它显示的整包摘要、日根摘要和公钥指纹，
  与出证机关以其他途径告知的核对，或以 --sha256、--root-key 给出由程序核对。
回放：任何支持 WACZ 1.1.1 的工具，例如 ReplayWeb.page；打印件：pincha/record.html

Evidence package ${number}
Check it with Node 20 or newer and nothing else: take verify.mjs (best a copy you got by another way) and run
  node verify.mjs THIS.wacz [--sha256 HEX] [--root-key PUBLIC.pem]
Exit codes: 0 everything holds, 1 the first fault is named, 2 wrong use or unreadable.
Origin: digests inside a package prove that nothing changed since it was made, not who made it. Without a signature
anybody can make one that agrees with itself. The verifier lists what it did NOT prove; compare the digest of the
package, of its roots and the fingerprint it prints with what the authority states by another way, or hand them in
with --sha256 and --root-key.
Replay it with any tool that reads WACZ 1.1.1; the printable record is pincha/record.html.
`;

/** Names of those who decided on findings, proposed, or hold the case. */
async function peopleOf(db: Db, facts: CaseFacts): Promise<string[]> {
  const ids = new Set([...facts.handledBy, ...facts.findings.flatMap((f) => (f.decidedBy ? [f.decidedBy] : []))]);
  const people = await listUsers(db);
  return people.filter((p) => ids.has(p.id)).map((p) => p.name);
}

/** The case and its findings as data; what people did not decide stands as it is. */
async function caseData(db: Db, facts: CaseFacts, actor: Actor, at: Date): Promise<Record<string, unknown>> {
  const { id, number, state, account, platformName, proposal } = facts;
  const { platform, externalId, name, url, subjectName, subjectType } = account;
  const findings = facts.findings
    .filter((f) => f.state !== 'superseded')
    .map(({ alike: _alike, capture, ...f }) => ({ ...f, captureId: capture?.id ?? null, captureSha256: capture?.sha256 ?? null }));
  const notices = (await packageNotices(db, id)).map((n) => ({ ...n, createdAt: n.createdAt.toISOString() }));
  return {
    note: '疑似：未经人工确认的疑点不是认定。Findings are suspicions until people decide.',
    number,
    state,
    account: { platform, platformName, externalId, name, url, subjectName, subjectType },
    findings,
    proposal,
    notices,
    exportedAt: at.toISOString(),
    exportedBy: actor.name,
  };
}

/** Captures of the findings: those people confirmed first, then by level. */
function showing({ findings }: CaseFacts): string[] {
  const weight = ({ state, level }: FindingFacts): number => LEVELS.indexOf(level) - (state === 'confirmed' ? LEVELS.length : 0);
  return findings
    .filter(({ state }) => state === 'confirmed' || state === 'open')
    .sort((a, b) => weight(a) - weight(b))
    .flatMap(({ capture }) => (capture ? [capture.id] : []));
}

async function inputOf(deps: ExportDeps, facts: CaseFacts, scope: PackageScope, actor: Actor, at: Date): Promise<PackageInput> {
  const { db, config } = deps;
  const people = await peopleOf(db, facts);
  const tools = [`聘查 Pincha ${VERSION}`, `Node ${process.version}（OpenSSL ${process.versions.openssl ?? '?'}）`, 'WARC 1.1', 'SHA-256', 'SM3（GB/T 32905）'];
  const { issuer, contact, demo } = config;
  return {
    title: `${facts.number} ${facts.account.name}`,
    description: `${issuer}${demo ? '（演示）' : ''} 案件 ${facts.number} 的证据包 / evidence package`,
    createdAt: at,
    software: `pincha/${VERSION}`,
    captures: packagedCaptures(db, scope.captureIds),
    revisits: packagedRevisits(db, scope.captureIds),
    shows: showing(facts),
    facts: await caseData(db, facts, actor, at),
    custody: custodyOf(db, facts.id, scope),
    readings: packagedReadings(db, scope.captureIds),
    prove: (seqs) => proveRows(db, seqs),
    record: (captures, parts, standing, revisits) => {
      const archive = parts.find((p) => p.path === WARC_PART);
      if (!archive) throw new PinchaError('INTERNAL', { reason: '包内缺少归档' });
      return extractionRecord({
        issuer,
        contact,
        demo,
        caseNumber: facts.number,
        account: { ...facts.account, platformName: facts.platformName },
        findings: facts.findings,
        captures,
        revisits,
        archive,
        exportedAt: at,
        exportedBy: actor.name,
        people,
        tools,
        standing: standingWords(standing),
        ...openOf(standing),
      });
    },
    verifier: await readFile(VERIFIER),
    readme: readme(facts.number),
  };
}

/** How the record says what vouches for the rows: always said, whatever it is. */
function standingWords({ state, rows, proven, roots }: PackageStanding): string {
  const under = `存证链 ${rows} 行，其中 ${proven} 行列入 ${roots.length} 个日根`;
  const seals = roots.flatMap((r) => r.seals);
  const keys = [...new Set(seals.flatMap((s) => (s.publicKey ? [`签名公钥指纹 SHA-256 ${fingerprintOf(s.publicKey)}`] : [])))];
  const times = seals.filter((s) => s.kind === 'timestamp').map((s) => `时间戳 ${s.at.toISOString()}（${s.authority ?? '?'}）`);
  const lack = { unsigned: '没有机关签名和可信时间戳，时间以本机时钟为准', signed: '时间以本机时钟为准', 'signed+timestamped': '' }[state];
  return [SEAL_STATE_ZH[state], lack, under, ...keys, ...times].filter(Boolean).join('；');
}

/** What the printed record must say it does not prove, and the roots its reader compares. */
function openOf({ state, roots }: PackageStanding): { origin: string; roots: string[] } {
  const lines = roots.flatMap(({ statement }) => {
    const told = readStatement(statement);
    return told ? [`${told.no}（${told.date}）SHA-256 ${rootHash(statement)}`] : [];
  });
  const { zh } = originOf({ state, times: [] }, { digest: false, key: false, anchors: false }).notProven[0] ?? UNSIGNED;
  return { origin: zh, roots: lines };
}

/** Enters the export where it cannot be taken back. @returns the ledger row's number; 0 for a replay */
async function enter(
  deps: ExportDeps,
  facts: CaseFacts,
  built: BuiltPackage,
  told: { state: string; purpose: Purpose; actor: Actor; ip: string | null },
): Promise<number> {
  const { state, purpose, actor, ip } = told;
  const { sha256, sm3, bytes, captures } = built;
  const at = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const data = { number: facts.number, sha256, sm3, size: bytes, captures };
    if (purpose === 'replay') {
      await appendAudit(tx, [{ action: 'evidence.replay', subjectType: 'case', subjectId: facts.id, data }], actor, at, ip);
      return 0;
    }
    const row = await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'export', refId: facts.id, payload: data, at }));
    const entry = { action: 'evidence.export', subjectType: 'case', subjectId: facts.id, data: { ...data, state, ledgerSeq: row.seq } };
    await appendAudit(tx, [entry], actor, at, ip);
    return row.seq;
  });
}

/**
 * Exports a case.
 * @param wanted number (HR-2026-0001) or id of the case
 * @param file where the package is to stand; must not exist
 * @throws NOT_FOUND, GUARD_FAILED when nothing sealed belongs to the case, EVIDENCE_BROKEN when what is sealed does not hold
 */
export async function exportCase(
  deps: ExportDeps,
  wanted: string,
  file: string,
  actor: Actor,
  ip: string | null = null,
  purpose: Purpose = 'export',
): Promise<ExportReceipt> {
  const { db, vault, content } = deps;
  const id = await caseIdOf(db, wanted);
  const facts = id && (await loadCaseFacts(db, id, false));
  if (!facts) throw new PinchaError('NOT_FOUND', { what: `案件 ${wanted.slice(0, 60)}` });
  if (deps.makers && purpose === 'export') {
    await closeDays(deps.makers, true);
    await sealRoots(deps.makers);
  }
  const scope = await readPackageScope(db, facts);
  if (scope.captureIds.length === 0) throw new PinchaError('GUARD_FAILED', { reason: '本案的疑点没有存证件，无可导出' });
  const at = deps.clock.now();
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  const raw = (warcFile: string, offset: number, length: number): Promise<Buffer> =>
    readBytes(vault, warcFile, offset, length, placeName({ warcFile, warcOffset: offset, warcLength: length }));
  try {
    const built = await buildPackage(temporary, await inputOf(deps, facts, scope, actor, at), { raw, content });
    const { ok, first, state } = await verifyPackage(temporary);
    if (!ok) throw new PinchaError('EVIDENCE_BROKEN', { place: `${first?.part} ${first?.record ?? ''}`, reason: first?.zh ?? '?' });
    const ledgerSeq = await enter(deps, facts, built, { state, purpose, actor, ip });
    await rename(temporary, file);
    const { captures, bytes, sha256, sm3, first: page } = built;
    return { first: page, file, caseId: facts.id, caseNumber: facts.number, captures, bytes, sha256, sm3, state, ledgerSeq };
  } finally {
    await rm(temporary, { force: true });
  }
}
