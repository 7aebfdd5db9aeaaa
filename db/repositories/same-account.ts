/**
 * One account that came under two numbers: it is stored under the stable one, and what an earlier page brought under the
 * other joins it. An account with a case keeps its own row: people decide about cases.
 */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { type AccountIdentity, identityOf } from '../../core/model/identity.ts';
import type { AccountInput } from '../../core/model/post.ts';
import { storable, storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { account, capture, caseFile, finding, post } from '../schema/index.ts';

/** Has the posts of one row stand under another; the emptied row says where they went. */
export async function joinAccounts(tx: Db, from: string, into: string, under: string): Promise<void> {
  const [held] = await tx.select({ id: caseFile.id }).from(caseFile).where(eq(caseFile.accountId, from)).limit(1);
  if (held) return;
  await tx.update(post).set({ accountId: into }).where(eq(post.accountId, from));
  await tx.update(finding).set({ accountId: into }).where(eq(finding.accountId, from));
  // What was sealed of it is kept as long as anything of the account it joined must be.
  await tx.update(capture).set({ accountId: into }).where(eq(capture.accountId, from));
  await tx.execute(sql`insert into source_account (source_id, account_id, seen_at)
    select source_id, ${into}::uuid, seen_at from source_account where account_id = ${from}::uuid on conflict do nothing`);
  await tx
    .update(account)
    .set({ externalId: sql`'joined:' || ${account.id}::text`, status: 'gone', statusReason: `与账号 ${under.slice(0, 100)} 为同一账号，信息已并入` })
    .where(eq(account.id, from));
}

/** Brings what stands under the other number of an account under its stable one. */
async function joinOther(tx: Db, platform: string, { id, other }: AccountIdentity): Promise<void> {
  if (other === null) return;
  const [stable, lesser] = [storableText(id), storableText(other)];
  const rows = await tx
    .select({ id: account.id, externalId: account.externalId })
    .from(account)
    .where(and(eq(account.platform, platform), inArray(account.externalId, [stable, lesser])))
    .orderBy(asc(account.id))
    .for('update');
  const [old, known] = [rows.find((r) => r.externalId === lesser), rows.find((r) => r.externalId === stable)];
  if (!old) return;
  if (known) await joinAccounts(tx, old.id, known.id, stable);
  else await tx.update(account).set({ externalId: stable }).where(eq(account.id, old.id));
}

/** What is kept of an account, its other number included: by that it is known again. */
export function detailsOf(platform: string, input: AccountInput): Record<string, unknown> {
  const { other } = identityOf(platform, input);
  return storable(other === null ? input : { ...input, otherId: other }) as Record<string, unknown>;
}

/** What an account is stored under, after what was known of it under another number has joined it. */
export async function settledId(tx: Db, platform: string, input: AccountInput): Promise<string> {
  const identity = identityOf(platform, input);
  await joinOther(tx, platform, identity);
  if (!identity.lesser || !input.name || !input.id) return storableText(identity.id);
  const [row] = await tx
    .select({ externalId: account.externalId })
    .from(account)
    .where(and(eq(account.platform, platform), eq(account.name, storableText(input.name)), sql`${account.details} ->> 'otherId' = ${storableText(input.id)}`))
    .limit(1);
  return row?.externalId ?? storableText(identity.id);
}

/** The same for many at once: asks only about accounts that have two numbers. */
export async function joinOthers(tx: Db, given: readonly { readonly platform: string; readonly input: AccountInput }[]): Promise<void> {
  const double = given.map(({ platform, input }) => ({ platform, identity: identityOf(platform, input) })).filter(({ identity }) => identity.other !== null);
  if (double.length === 0) return;
  const wanted = JSON.stringify(double.map(({ platform, identity }) => ({ platform, external_id: storableText(identity.other ?? '') })));
  const { rows } = await tx.execute<{ platform: string; external_id: string }>(sql`
    select a.platform, a.external_id from json_to_recordset(${wanted}::json) w(platform text, external_id text)
    join account a on a.platform = w.platform and a.external_id = w.external_id`);
  const standing = new Set(rows.map((r) => `${r.platform}\n${r.external_id}`));
  for (const { platform, identity } of double) if (standing.has(`${platform}\n${storableText(identity.other ?? '')}`)) await joinOther(tx, platform, identity);
}
