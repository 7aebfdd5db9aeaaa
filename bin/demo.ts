/**
 * Demo mode: the sandbox platform as the outside world, its sources, lists and platforms entered as an operator
 * would enter real ones. It keeps to its own data folder; every page and document says 演示.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '../core/clock.ts';
import { canonicalJson, sha256 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { markBanned, saveAccount, savePost } from '../db/repositories/content.ts';
import { readSetting, savePlatform, saveSetting } from '../db/repositories/platform.ts';
import { addSources } from '../db/repositories/source.ts';
import { generateWorld } from '../sandbox/generate.ts';
import { type Sandbox, startSandbox } from '../sandbox/server.ts';
import { loadTexts } from '../sandbox/texts/load.ts';
import type { BannedParty } from '../sandbox/world/model.ts';
import { importCompanies, importLicences } from './imports.ts';
import type { Store } from './store.ts';

const PLATFORM_NAMES: Readonly<Record<string, string>> = {
  'sandbox-wechat': '演示公众号平台',
  'sandbox-board': '云栖人才网（演示）',
  'sandbox-feed': '演示动态平台',
};

/** The secret notices of the demo are signed with: made once, kept in the store. */
async function noticeSecret(store: Store, clock: Clock): Promise<string> {
  const known = await readSetting(store.db, 'demo-notice-secret');
  if (typeof known === 'string') return known;
  const made = `whsec_${randomBytes(32).toString('base64')}`;
  await saveSetting(store.db, 'demo-notice-secret', made, clock.now());
  return made;
}

/** A party on the 异常名录 from before, as an earlier campaign would have left it. */
async function enterBanned(tx: Db, party: BannedParty, now: Date): Promise<void> {
  const externalId = `banned-${sha256(party.uscc).slice(0, 12)}`;
  // A public account's alias is its WeChat number, and the list of banned subjects keeps it.
  const { platform, name, subjectName, uscc, wechat: alias } = party;
  const accountId = await saveAccount(tx, { platform, input: { id: externalId, name, alias, subjectName, uscc, subjectType: 'agency' }, url: null, now });
  for (const [i, input] of party.posts.entries()) {
    const contentSha256 = sha256(canonicalJson(input));
    await savePost(tx, { accountId, platform, externalId: `${externalId}-${i}`, input, contentSha256, captureId: null, publishedAt: null, now });
  }
  await markBanned(tx, accountId, `${party.bannedOn} ${party.reason}`);
}

/**
 * Starts the sandbox and enters what it offers. Doing it again changes nothing that is there.
 * @throws PinchaError PORT_TAKEN
 */
export async function startDemo(store: Store, clock: Clock): Promise<Sandbox> {
  const { config, db } = store;
  const folder = path.join(config.dataDir, 'sandbox');
  const world = generateWorld({ seed: config.sandboxSeed, texts: loadTexts() });
  const secret = await noticeSecret(store, clock);
  const sandbox = await startSandbox({
    world,
    port: config.sandboxPort,
    noticeSecret: secret,
    stateFile: path.join(folder, 'state.json'),
    listsFolder: folder,
  });
  sandbox.setBehaviour('sandbox-feed', 'claims-only');
  const now = clock.now();
  await addSources(db, sandbox.sources, now);
  for (const [id, name] of Object.entries(PLATFORM_NAMES)) await savePlatform(db, { id, name, noticeUrl: sandbox.noticeUrl, secret, now });
  if (!sandbox.licenceListPath || !sandbox.companyListPath) throw new PinchaError('FILE_UNREADABLE', { file: folder, reason: '演示名录未写出' });
  const by = '演示';
  await importLicences(store, sandbox.licenceListPath, { by, label: '演示名录', authority: '演示市人力资源和社会保障局', publishedOn: world.asOf });
  await importCompanies(store, sandbox.companyListPath, { by, label: '演示登记信息', publishedOn: world.asOf, complete: true });
  await inTransaction(db, async (tx) => {
    for (const party of world.bannedParties) await enterBanned(tx, party, now);
  });
  return sandbox;
}
