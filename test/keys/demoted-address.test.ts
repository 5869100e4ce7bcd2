/** An address from which a revoked or denied key connected loses the level of its subnet. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openPeerKeyStore } from '../../src/keys/peer-key-store.ts';
import { decideConnection, losesSubnet } from '../../src/policy/connection.ts';
import { decide } from '../../src/policy/decide.ts';
import { explain } from '../../src/policy/explanation.ts';
import { nodeId, settings } from '../policy/settings.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const [LOST, NEW, NAMED] = [nodeId(1), nodeId(2), nodeId(3)];
const ADDRESS = '10.0.1.7';
const given = settings({
  trust: {
    nodes: { [NAMED]: 'peer' },
    subnets: { '10.0.1.0/24': 'peer' },
    deny: { nodes: [LOST], subnets: [] },
  },
});
const storeAt = (file: string) => openPeerKeyStore(file, Date.now, 0, () => false);

test('its next key has no trust there, also after a restart, and the explanation says why', () => {
  const file = join(folder(), 'peer-keys.json');
  const store = storeAt(file);
  const mayConnect = (id: string, address = ADDRESS): boolean =>
    decide(given, { ...storeAt(file).asker({ id, address }), action: 'connect' }).allow;
  expect(mayConnect(NEW)).toBe(true);
  const refused = { id: LOST, address: ADDRESS };
  expect(losesSubnet(given, decideConnection(given, store.asker(refused)), refused)).toBe(true);
  store.demote(ADDRESS);
  expect([mayConnect(NEW), mayConnect(NAMED), mayConnect(NEW, '10.0.1.8')]).toEqual([false, true, true]);
  const asker = storeAt(file).asker({ id: NEW, address: ADDRESS });
  expect(explain(given, { ...asker, action: 'connect' }).steps.join('\n')).toContain(
    'a revoked or denied key connected from it',
  );
});

test('an address outside every trusted subnet, or of a key that is not denied itself, loses nothing', () => {
  const decision = (id: string, address: string) => decideConnection(given, { id, address });
  const outside = { id: LOST, address: '10.0.2.7' };
  expect(losesSubnet(given, decision(LOST, outside.address), outside)).toBe(false);
  const stranger = { id: NEW, address: '10.0.2.7' };
  expect(losesSubnet(given, decision(NEW, stranger.address), stranger)).toBe(false);
  const trusted = { id: NEW, address: ADDRESS };
  expect(losesSubnet(given, decision(NEW, ADDRESS), trusted)).toBe(false);
});
