/** Identifiers: time-ordered UUIDv7 for rows, so that every list pages by id as well as by time. */
import { uuidv7 } from 'uuidv7';

/** A new time-ordered identifier (RFC 9562 UUID version 7). */
export const newId = (): string => uuidv7();
