/**
 * A leader or trustee that is reached over a relay, until it is killed.
 *
 * argv: its folder, its role
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AggregatorRole } from '../../../../src/blind/vdaf/vdaf.ts';
import type { BlindReply, BlindRequest } from '../../../../src/domain/blind/exchange.ts';
import type { Relay } from '../../../../src/mesh/relay/relay.ts';
import { openSide, rigParts } from '../../../blind/aggregators/rig.ts';
import { clockIn, EXCHANGE_MS, openChildRelay, pause, settingsIn } from './child.ts';

const [home = '', role] = process.argv.slice(2);
const AS: AggregatorRole = role === 'leader' ? 'leader' : 'trustee';

async function main(): Promise<void> {
  const started: { relay?: Relay } = {};
  const ask = (peer: string, request: BlindRequest): Promise<BlindReply> => {
    if (!started.relay) throw new Error('expected a relay');
    return started.relay.exchange(peer, request, EXCHANGE_MS);
  };
  const side = await openSide(home, AS, { ...rigParts(), now: clockIn(home), ask });
  for (const id of settingsIn(home).members) side.members.set(id, null);
  started.relay = openChildRelay(home, side.identity, ({ id }, request) => {
    if (request.type === 'blind-report') appendFileSync(join(home, 'arrived'), `${id}\n`);
    return side.aggregators.take(id, request);
  });
  for (;;) {
    await side.aggregators.work().catch(() => undefined);
    for (const { day, blocks } of side.totals.splice(0))
      appendFileSync(join(home, 'totals'), `${JSON.stringify({ day, blocks })}\n`);
    await pause();
  }
}

void main();
