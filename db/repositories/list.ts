/** A list as one parameter of a statement: as many values as there are, where a parameter each would end at 65,535. */
import { type SQL, sql } from 'drizzle-orm';

/** @param type of the values in PostgreSQL, written by us */
export const list = (values: readonly (string | number | null)[], type: string): SQL => sql`${sql.param([...values])}::${sql.raw(type)}[]`;
