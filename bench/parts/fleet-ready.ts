/**
 * Nodes of bench/fleet.ts whose answers were sealed before the question: what they cost is the work
 * of the asker and of the relay alone, as where each node has a processor of its own. Many in one
 * process. argv: folder with `fleet.json`, how many.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerSubject, SAY } from '../../src/domain/relay/subjects.ts';
import { isoTime } from '../../src/domain/time/iso-time.ts';
import { mailboxOf } from '../../src/identity/mailbox.ts';
import { sealFor } from '../../src/mesh/relay/padded-box.ts';
import { openRelayLink, type RelayLink } from '../../src/mesh/relay/relay-link.ts';
import { encodeRelayMessage } from '../../src/mesh/relay/relay-message.ts';
import { credential, type NodeKeys, newNode } from '../../test/rig/programs/relay-broker.ts';
import type { FleetFile } from './fleet-node.ts';

/** Of the node that will ask, and the nonces of its questions in their order. */
export interface AskerCard {
  readonly id: string;
  /** Base64. */
  readonly box: string;
  readonly nonces: readonly string[];
}

/** How many handshakes are under way at once. */
const TOGETHER = 50;

/** The answers of one node to all questions. */
function answersOf({ identity, box }: NodeKeys, asker: AskerCard): readonly Uint8Array[] {
  const subject = answerSubject(mailboxOf(asker.id), mailboxOf(identity.id));
  return asker.nonces.map((inReplyTo, index) => {
    const header = {
      version: 1,
      sender: identity.id,
      recipient: asker.id,
      time: isoTime(Date.now()),
      nonce: Buffer.alloc(16, index).toString('base64'),
      inReplyTo,
      box: Buffer.from(box.publicKey).toString('base64'),
    } as const;
    const text = encodeRelayMessage(header, { type: 'present', body: { version: '0.1.0' } }, identity);
    return sealFor({ recipient: Buffer.from(asker.box, 'base64'), subject }, text);
  });
}

async function open({ address, authority }: FleetFile, keys: NodeKeys, asker: AskerCard): Promise<void> {
  const mailbox = mailboxOf(keys.identity.id);
  const jwt = credential({ authority: () => authority }, keys, 'fleet', 'node');
  const { signal } = new AbortController();
  const link: RelayLink = await openRelayLink(address, { signNonce: keys.signNonce, mailbox, jwt }, signal);
  const subject = answerSubject(mailboxOf(asker.id), mailbox);
  const answers = [...answersOf(keys, asker)];
  link.subscribe(SAY, () => {
    const answer = answers.shift();
    if (answer) link.publish(subject, answer);
  });
  await link.flush();
}

async function main(folder: string, count: number, asker: AskerCard): Promise<void> {
  const file = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')) as FleetFile;
  const keys = Array.from({ length: count }, newNode);
  const waiting = [...keys];
  const openNext = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await open(file, next, asker);
  };
  await Promise.all(Array.from({ length: TOGETHER }, openNext));
  process.send?.(keys.map(({ identity }) => identity.id));
}

const [folder = '', count] = process.argv.slice(2);
process.once('message', (asker) => void main(folder, Number(count), asker as AskerCard));
