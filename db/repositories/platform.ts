/** Platforms that receive notices, and small settings. */
import { asc, eq } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { platform, setting } from '../schema/index.ts';

/** Adds a platform or brings its name and address up to date; its secret is kept once it has one. */
export async function savePlatform(db: Db, row: { id: string; name: string; noticeUrl: string | null; secret: string; now: Date }): Promise<void> {
  const { now, ...values } = row;
  await db
    .insert(platform)
    .values({ ...values, createdAt: now })
    .onConflictDoUpdate({ target: platform.id, set: { name: row.name, noticeUrl: row.noticeUrl } });
}

/** All platforms with the names people know them by. */
export const listPlatforms = (db: Db): Promise<{ id: string; name: string }[]> =>
  db.select({ id: platform.id, name: platform.name }).from(platform).orderBy(platform.name).limit(500);

/** A stored setting, or null. */
export async function readSetting(db: Db, key: string): Promise<unknown> {
  const [row] = await db.select({ value: setting.value }).from(setting).where(eq(setting.key, key));
  return row?.value ?? null;
}

export async function saveSetting(db: Db, key: string, value: unknown, now: Date): Promise<void> {
  await db
    .insert(setting)
    .values({ key, value, updatedAt: now })
    .onConflictDoUpdate({ target: setting.key, set: { value, updatedAt: now } });
}

/** Where notices of every platform go, with the secrets: for the operator's command only. */
export const listNoticeDesks = (db: Db): Promise<(typeof platform.$inferSelect)[]> => db.select().from(platform).orderBy(asc(platform.id));
