/** Column shorthands shared by all tables: time in UTC with zone, time-ordered ids made by the application. */
import { timestamp, uuid } from 'drizzle-orm/pg-core';

export const at = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 });
export const id = () => uuid().primaryKey();
export const ref = () => uuid();
