import { createHmac, timingSafeEqual } from 'node:crypto';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { MeshLimits } from '../transport/limits.ts';

/**
 * HMAC-SHA256(secret, exporter ‖ sender's key ‖ recipient's key) in base64. It proves the secret of
 * the invite for this TLS session, pair of nodes and direction only (docs/protocol.md §6).
 *
 * @param session base64 of the TLS exporter value
 * @param sender node id; likewise `recipient`
 */
export function pairingProof(secret: Uint8Array, session: string, sender: string, recipient: string): string {
  const hmac = createHmac('sha256', secret).update(Buffer.from(session, 'base64'));
  for (const id of [sender, recipient]) {
    const key = parseNodeId(id);
    if (!key) throw new RangeError('expected a node id');
    hmac.update(key);
  }
  return hmac.digest('base64');
}

/** Whether `proof` equals `expected`, in constant time. */
export function isProof(proof: string, expected: string): boolean {
  const [given, wanted] = [Buffer.from(proof, 'base64'), Buffer.from(expected, 'base64')];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Holds the invite; at most one is open at a time. */
export interface Invites {
  /** Opens an invite and ends an older one. Returns when it expires, in ms since the epoch. */
  readonly open: (secret: Uint8Array) => number;
  readonly isOpen: () => boolean;
  /**
   * Checks the proof of `sender` and returns this node's proof. A valid proof closes the invite.
   * @throws CaroError `invite_closed`, `pairing_refused`
   */
  readonly redeem: (proof: string, session: string, sender: string) => string;
  /** Whether a key may try: it has not used up its tries. */
  readonly mayTry: (sender: string) => boolean;
  readonly close: () => void;
}

/** Bounds the memory that keys of strangers can take; the oldest is forgotten first. */
const MAX_GUESSERS = 1_024;

/**
 * Wrong proofs never close an invite for others, or anybody could keep two owners from pairing. A
 * total limit is not needed: the secret has 128 bits, so a million wrong proofs in the ten minutes
 * of an invite, each on a TLS connection of its own, hit it with a chance of 2^-108. The limit per
 * key only keeps a node with a wrong code from trying on.
 */
export function createInvites(
  self: string,
  now: () => number,
  { inviteMs, inviteTries }: Pick<MeshLimits, 'inviteMs' | 'inviteTries'>,
): Invites {
  let invite:
    | { readonly secret: Uint8Array; readonly untilMs: number; readonly wrong: Map<string, number> }
    | undefined;
  const current = (): typeof invite => {
    if (invite && now() >= invite.untilMs) invite = undefined;
    return invite;
  };
  return {
    open: (secret) => {
      invite = { secret, untilMs: now() + inviteMs, wrong: new Map() };
      return invite.untilMs;
    },
    isOpen: () => current() !== undefined,
    redeem: (proof, session, sender) => {
      const open = current();
      if (!open) throw new CaroError('invite_closed', 'expected an open invite, there is none; run: caro peers invite');
      if (isProof(proof, pairingProof(open.secret, session, sender, self))) {
        invite = undefined;
        return pairingProof(open.secret, session, self, sender);
      }
      const tries = (open.wrong.get(sender) ?? 0) + 1;
      if (tries === 1 && open.wrong.size >= MAX_GUESSERS) open.wrong.delete(open.wrong.keys().next().value ?? '');
      open.wrong.set(sender, tries);
      throw new CaroError(
        'pairing_refused',
        `expected a proof of the invite's secret, got an invalid one; ${Math.max(0, inviteTries - tries)} tries left`,
      );
    },
    mayTry: (sender) => (current()?.wrong.get(sender) ?? 0) < inviteTries,
    close: () => {
      invite = undefined;
    },
  };
}
