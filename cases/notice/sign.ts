/**
 * Signs what we send and checks what platforms send back, both by Standard Webhooks (standardwebhooks.com):
 * `webhook-id`, `webhook-timestamp`, `webhook-signature` over `id.timestamp.body` with the platform's shared secret;
 * messages older than five minutes are refused.
 */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { PinchaError, reasonOf } from '../../core/errors.ts';

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** A new shared secret for a platform (`whsec_…`, 256 bits). */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/**
 * Headers for one message.
 * @param messageId stays the same over all retries of one message, so that the receiver can drop repeats
 * @param body the exact bytes that are sent
 */
export function signMessage(secret: string, messageId: string, at: Date, body: string): SignedHeaders {
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(messageId, at, body),
  };
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));

/**
 * Checks a received message and returns its id.
 * @param body the exact bytes that were received (empty for GET)
 * @throws PinchaError SIGNATURE_INVALID
 */
export function verifyMessage(secret: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: string): string {
  const id = one(headers['webhook-id']);
  const signed = { 'webhook-id': id, 'webhook-timestamp': one(headers['webhook-timestamp']), 'webhook-signature': one(headers['webhook-signature']) };
  if (id.length > 200) throw new PinchaError('SIGNATURE_INVALID', { reason: 'webhook-id' });
  try {
    new Webhook(secret).verify(body, signed, { jsonParse: false });
  } catch (fault) {
    throw new PinchaError('SIGNATURE_INVALID', { reason: reasonOf(fault) }, fault);
  }
  return id;
}
