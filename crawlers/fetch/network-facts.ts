/**
 * Who was spoken to: what the resolver answered, and what the peer showed when the connection was encrypted. Kept for
 * the length of a connection, because later requests on it resolve nothing and shake no hands.
 */
import type { LookupFunction, Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { NetworkFacts, TlsFacts } from '../../core/model/capture.ts';

const MAX_ADDRESSES = 32;
const MAX_NAME = 500;
const resolvedBy = new WeakMap<Socket, string[]>();

/** A lookup that remembers what it answered, for the socket that is opened by it. */
export function noting(lookup: LookupFunction): { readonly lookup: LookupFunction; readonly keep: (socket: Socket) => void } {
  const answers: string[] = [];
  return {
    lookup: (host, options, callback) =>
      lookup(host, options, (error, address, family) => {
        const told = typeof address === 'string' ? [address] : address.map((a) => a.address);
        if (!error) answers.push(...told.filter((a) => a !== '').slice(0, MAX_ADDRESSES));
        callback(error, address, family);
      }),
    // A kept connection was opened by the lookup of an earlier request.
    keep: (socket) => void (resolvedBy.has(socket) || resolvedBy.set(socket, answers)),
  };
}

/** A distinguished name as one line: `CN=…, O=…`. */
const nameOf = (name: PeerCertificate['subject'] | undefined): string | null => {
  const parts = Object.entries(name ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return parts.length === 0 ? null : parts.join(', ').slice(0, MAX_NAME);
};
const instantOf = (written: string | undefined): string | null => {
  const at = new Date(written ?? '');
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

/** What a certificate says of itself. @param certificate as Node shows it */
export const certificateFactsOf = (certificate: Partial<PeerCertificate>): Omit<TlsFacts, 'protocol' | 'cipher'> => ({
  certificateSha256: certificate.fingerprint256?.replaceAll(':', '').toLowerCase() ?? null,
  subject: nameOf(certificate.subject),
  issuer: nameOf(certificate.issuer),
  validFrom: instantOf(certificate.valid_from),
  validTo: instantOf(certificate.valid_to),
});

function tlsFactsOf(socket: TLSSocket): TlsFacts {
  return {
    protocol: socket.getProtocol(),
    // Node's types promise a cipher; a socket that is closing has none.
    cipher: (socket.getCipher() as { name?: string } | undefined)?.name ?? null,
    ...certificateFactsOf(socket.getPeerCertificate()),
  };
}

/** What the resolver answered for a socket's connection; null for an address literal. */
export const resolvedFor = (socket: Socket): readonly string[] | null => {
  const resolved = resolvedBy.get(socket) ?? [];
  return resolved.length > 0 ? resolved : null;
};

/** What is known of the peer behind a socket. */
export const networkFactsOf = (socket: Socket): NetworkFacts => ({
  resolved: resolvedFor(socket),
  tls: socket instanceof TLSSocket ? tlsFactsOf(socket) : null,
});
