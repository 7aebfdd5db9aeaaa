/**
 * Roots of the ledger made and vouched for: each day that is over gets one, signed when a key is configured and
 * time-stamped when a service is. Done twice it doubles nothing, killed anywhere it goes on; what cannot be signed or
 * stamped today stands as a root all the same and is tried again.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { TimestampService } from '../core/ports.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { appendLedger, lockLedger } from '../db/repositories/capture.ts';
import {
  forgetSealFailure,
  insertRoot,
  insertSeal,
  lastRoot,
  ledgerHashes,
  noteSealFailure,
  type OpenRange,
  openRange,
  type RootWithSeals,
  rootsToSeal,
} from '../db/repositories/root.ts';
import { type LedgerKind, ledgerRow } from '../evidence/ledger.ts';
import { MerkleTree, type RootStatement, rootHash, statementText } from '../evidence/root.ts';
import { type RootSigner, readSigner } from '../evidence/root-key.ts';
import { rootFacts, type StoredSeal, sealFacts, sealFault } from '../evidence/seal.ts';
import { checkToken, timestampRequest, tokenOfReply } from '../evidence/timestamp.ts';

/** What makes roots and vouches for them. */
export interface RootMakers {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: { warn(what: object, words: string): void; info(what: object, words: string): void };
  /** Path of the authority's key; null when none is configured. */
  readonly keyFile: string | null;
  /** Null when no service is configured. */
  readonly timestamps: TimestampService | null;
}

export interface MadeRoot {
  readonly no: number;
  readonly date: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** Roots looked at in one go for a missing seal. */
const SEAL_BATCH = 50;

async function enter(tx: Db, kind: LedgerKind, refId: string, payload: Record<string, unknown>, at: Date): Promise<void> {
  await appendLedger(tx, (prev) => ledgerRow(prev, { kind, refId, payload, at }));
}

/** Makes the root of a range. @returns null when another process was faster */
async function makeRoot(makers: RootMakers, range: OpenRange): Promise<MadeRoot | null> {
  const { db, clock } = makers;
  const tree = new MerkleTree();
  let head = '';
  for await (const hash of ledgerHashes(db, range.fromSeq, range.toSeq)) {
    tree.add(hash);
    head = hash;
  }
  if (tree.count !== range.toSeq - range.fromSeq + 1)
    throw new PinchaError('EVIDENCE_BROKEN', { place: `ledger ${range.fromSeq}-${range.toSeq}`, reason: '行数与序号不符，存证链中有缺失' });
  const { after, date, fromSeq, toSeq } = range;
  const at = clock.now();
  const no = (after?.no ?? 0) + 1;
  const facts: RootStatement = { v: 1, no, date, fromSeq, toSeq, head, merkle: tree.head(), prevRoot: after?.hash ?? null, at: at.toISOString() };
  const statement = statementText(facts);
  const root = { id: newId(), no, date, fromSeq, toSeq, statement, hash: rootHash(statement), at };
  return inTransaction(db, async (tx) => {
    await lockLedger(tx);
    if (((await lastRoot(tx))?.no ?? 0) !== no - 1) return null;
    await insertRoot(tx, root);
    await enter(tx, 'root', root.id, rootFacts(root), at);
    return { no, date, fromSeq, toSeq };
  });
}

/**
 * Gives every day that is over its root, missed days first.
 * @param upToNow also what there is of today (a package is to be handed out before midnight)
 */
export async function closeDays(makers: RootMakers, upToNow = false): Promise<MadeRoot[]> {
  const made: MadeRoot[] = [];
  for (;;) {
    const range = (await openRange(makers.db, makers.clock.now())) ?? (upToNow ? await openRange(makers.db, makers.clock.now(), true) : null);
    if (!range) return made;
    const root = await makeRoot(makers, range);
    if (root) made.push(root);
  }
}

/** Stores a seal and enters it in the ledger; the same seal twice is stored once. */
async function keepSeal(makers: RootMakers, root: RootWithSeals, seal: StoredSeal): Promise<void> {
  await inTransaction(makers.db, async (tx) => {
    await lockLedger(tx);
    if (!(await insertSeal(tx, { rootId: root.id, ...seal }))) return;
    await enter(tx, seal.kind === 'signature' ? 'root_signature' : 'root_timestamp', root.id, sealFacts(root.no, seal), makers.clock.now());
  });
}

function sign(root: RootWithSeals, signer: RootSigner, at: Date): StoredSeal {
  const { algorithm, publicKey, signature } = signer.sign(root.statement);
  const seal: StoredSeal = { kind: 'signature', algorithm, value: signature, publicKey, nonce: null, authority: null, at };
  // A fault of the machine must not become a signature that fails years later.
  const fault = sealFault(root, seal, {});
  if (fault) throw new PinchaError('EVIDENCE_BROKEN', { place: `root ${root.no}`, reason: fault });
  return seal;
}

async function stamp(root: RootWithSeals, service: TimestampService): Promise<StoredSeal> {
  const nonce = randomBytes(8).toString('hex');
  const token = tokenOfReply(await service.ask(timestampRequest(root.hash, nonce)), service.url);
  const { genTime } = checkToken(token, { imprint: root.hash, nonce, ...(service.anchors ? { anchors: service.anchors } : {}) });
  return { kind: 'timestamp', algorithm: 'rfc3161', value: token.toString('base64'), publicKey: null, nonce, authority: service.url, at: genTime };
}

async function sealOne(makers: RootMakers, root: RootWithSeals, signer: RootSigner | string | null): Promise<void> {
  const has = (kind: StoredSeal['kind']): boolean => root.seals.some((s) => s.kind === kind);
  const faults: string[] = [];
  if (typeof signer === 'string' && !has('signature')) faults.push(signer);
  if (signer !== null && typeof signer !== 'string' && !has('signature')) await keepSeal(makers, root, sign(root, signer, makers.clock.now()));
  if (makers.timestamps && !has('timestamp')) {
    const seal = await stamp(root, makers.timestamps).catch((thrown: unknown) => reasonOf(thrown));
    if (typeof seal === 'string') faults.push(seal);
    else await keepSeal(makers, root, seal);
  }
  const reason = faults.join('；');
  if (reason) makers.log.warn({ root: root.no, reason }, 'a root could not be signed or time-stamped; it is tried again');
  await inTransaction(makers.db, (tx) => (reason ? noteSealFailure(tx, root.id, reason, makers.clock.now()) : forgetSealFailure(tx, root.id)));
}

/** Signs and time-stamps the roots that lack it and whose time has come. @returns how many were looked at */
export async function sealRoots(makers: RootMakers): Promise<number> {
  const can = { signature: makers.keyFile !== null, timestamp: makers.timestamps !== null };
  const roots = await rootsToSeal(makers.db, can, makers.clock.now(), SEAL_BATCH);
  if (roots.length === 0) return 0;
  const signer = makers.keyFile === null ? null : await readSigner(makers.keyFile).catch((thrown: unknown) => reasonOf(thrown));
  for (const root of roots) await sealOne(makers, root, signer);
  return roots.length;
}

/** Whether a day waits for its root, or a root for a seal that could be made. */
export async function rootsWait(makers: RootMakers): Promise<boolean> {
  const can = { signature: makers.keyFile !== null, timestamp: makers.timestamps !== null };
  return (await openRange(makers.db, makers.clock.now())) !== null || (await rootsToSeal(makers.db, can, makers.clock.now(), 1)).length > 0;
}
