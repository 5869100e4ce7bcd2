/** Pairings are never refused for want of room: they wait while the settings are being changed. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { type DashboardRig, openRig } from '../web/dashboard-rig.ts';

/** More than a mailbox holds. */
const PAIRINGS = 70;
const PATIENCE_MS = 60_000;

let rig: DashboardRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

test('pairings that arrive together are all stored', async () => {
  const pairings = Array.from({ length: PAIRINGS }, (_, index) => ({
    id: encodeNodeId(new Uint8Array(32).fill(index + 1)),
    name: `node-${index}`,
    fingerprint: '0011223344556677',
    address: null,
  }));
  const outcomes = await Promise.allSettled(pairings.map((peer) => rig.bus.request('peer.paired', peer, PATIENCE_MS)));
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  const stored = readFileSync(join(rig.home, 'config', 'managed.toml'), 'utf8');
  expect(stored.match(/^name = "node-\d+"$/gm)).toHaveLength(PAIRINGS);
});
