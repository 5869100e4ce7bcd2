/** What an officer who runs the relay gives and revokes with each version of the roster. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { issuePasses, type RelayOffice, relayOf } from '../../../src/cli/organisation/relay-office.ts';
import { openWorkspace, type Workspace } from '../../../src/cli/organisation/workspace.ts';
import type { Member, RosterHead } from '../../../src/domain/organisation/roster.ts';
import { newAuthority, serverFile } from '../../../src/keys/relay-authority.ts';
import { draftHead } from '../../../src/organisation/head.ts';
import { DAY_MS, firstHead, keyOf, memberOf, NOW_MS } from '../../organisation/rosters.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const newFolder = temporaryFolders();
const places = { address: '10.0.0.9:4222', listen: '10.0.0.9:4222', folder: '/etc/caro-relay', store: '/var/lib/x' };
const office = (): RelayOffice => ({
  version: 1,
  authority: newAuthority((count) => new Uint8Array(count).fill(7), NOW_MS),
  tlsSeed: Buffer.alloc(32, 5).toString('base64'),
  places,
  issued: {},
});
const members = ['ws-1', 'ws-2'].map((name) => memberOf(name));
const aggregators = 2;

const issue = (
  workspace: Workspace,
  before: RelayOffice,
  listed: readonly Member[],
  change: Partial<RosterHead> = {},
  nowMs = NOW_MS,
) =>
  issuePasses(
    workspace,
    before,
    { head: draftHead(firstHead(change)), members: listed },
    { signer: keyOf('anna'), nowMs },
  );

test('each node gets one pass, and no second one with the next version', async () => {
  const workspace = openWorkspace(newFolder());
  const first = await issue(workspace, office(), members);
  expect(first).toMatchObject({ passes: members.length + aggregators, revoked: 0 });
  expect(readdirSync(join(workspace.folder, 'passes'))).toHaveLength(members.length + aggregators);
  const expires = new Date(Date.parse(firstHead().expires) + 30 * DAY_MS).toISOString();
  expect(await issue(workspace, first.office, members, { expires })).toMatchObject({ passes: 0, revoked: 0 });
});

test('a version that lasts two months longer renews all passes', async () => {
  const workspace = openWorkspace(newFolder());
  const first = await issue(workspace, office(), members);
  const expires = new Date(Date.parse(firstHead().expires) + 61 * DAY_MS).toISOString();
  const second = await issue(workspace, first.office, members, { expires }, NOW_MS + 61 * DAY_MS);
  expect(second).toMatchObject({ passes: members.length + aggregators, revoked: 0 });
});

test('the pass of a leaver is revoked in the file of the server, and nothing else changes in it', async () => {
  const workspace = openWorkspace(newFolder());
  const first = await issue(workspace, office(), members);
  const second = await issue(workspace, first.office, members.slice(1));
  expect(second).toMatchObject({ passes: 0, revoked: 1 });
  const fileOf = ({ authority }: RelayOffice): string =>
    serverFile(authority, { ...places, certificate: 'c', key: 'k' }, NOW_MS);
  const changed = fileOf(second.office).split('\n');
  const before = fileOf(first.office).split('\n');
  // The tokens of the two accounts.
  expect(changed.filter((line, at) => line !== before[at])).toHaveLength(2);
});

test('a supervisor that becomes a member loses its credentials, and gets those of a member', async () => {
  const workspace = openWorkspace(newFolder());
  const listed = [...members, memberOf('ciso')];
  const first = await issue(workspace, office(), listed);
  const second = await issue(workspace, first.office, listed, { supervisors: [] });
  expect(second).toMatchObject({ passes: 1, revoked: 1 });
});

test('the relay is named with the hash of its key', () => {
  expect(relayOf(office())).toEqual({
    url: 'tls://10.0.0.9:4222',
    key: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
  });
});
