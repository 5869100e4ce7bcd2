/**
 * Baseline of bench/fleet.ts: so many messages of one step go through the relay to one reader, with
 * the bare client, neither sealed nor signed. argv: folder with `fleet.json`, how many messages.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerSubject } from '../../src/domain/relay/subjects.ts';
import { mailboxOf } from '../../src/identity/mailbox.ts';
import { STEP_BYTES } from '../../src/mesh/relay/padded-box.ts';
import { openRelayLink } from '../../src/mesh/relay/relay-link.ts';
import { credential, newNode } from '../../test/rig/programs/relay-broker.ts';
import type { FleetFile } from './fleet-node.ts';

const ROUNDS = 5;

async function main(folder: string, messages: number): Promise<void> {
  const { address, authority } = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')) as FleetFile;
  const keys = newNode();
  const mailbox = mailboxOf(keys.identity.id);
  const jwt = credential({ authority: () => authority }, keys, 'fleet', 'aggregator');
  const { signal } = new AbortController();
  const link = await openRelayLink(address, { signNonce: keys.signNonce, mailbox, jwt }, signal);
  const subject = answerSubject(mailbox, mailbox);
  let arrived = 0;
  let all: () => void = () => undefined;
  link.subscribe(answerSubject(mailbox, '*'), () => {
    arrived += 1;
    if (arrived === messages) all();
  });
  await link.flush();
  const box = new Uint8Array(STEP_BYTES);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    arrived = 0;
    const begun = performance.now();
    const done = new Promise<void>((resolve) => {
      all = resolve;
    });
    for (let message = 0; message < messages; message += 1) link.publish(subject, box);
    await done;
    times.push(performance.now() - begun);
  }
  process.send?.(times, () => process.exit());
}

const [folder = '', messages] = process.argv.slice(2);
void main(folder, Number(messages));
