/** Trust in peers whose key has changed, without a service: from what is known of keys. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../../src/config/loader.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Explanation } from '../../../src/domain/policy/policy.ts';
import { type Identity, openIdentity } from '../../../src/identity/identity.ts';
import { signRotation } from '../../../src/identity/key-statement.ts';
import { EMPTY_KEY_BOOK, observeRotation } from '../../../src/keys/key-book.ts';
import { writeKeyBook } from '../../../src/keys/key-book-file.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const LEARNED = new Date('2026-03-04T05:06:07.008Z');
const LATER = new Date(LEARNED.getTime() + 25 * 3_600_000);
const folder = temporaryFolders();
let cli: CommandLine;
let old: Identity;
let heir: Identity;
let rival: Identity;

beforeEach(async () => {
  cli = commandLine();
  const keys = folder();
  [old, heir, rival] = ['a', 'b', 'c'].map((name) => openIdentity(join(keys, name))) as [Identity, Identity, Identity];
  await cli.run(['init', '--quiet']);
  await cli.run(['peers', 'add', old.id, '10.0.0.2:9238', '--name', 'ben']);
  await cli.run(['trust', 'set', 'ben', 'peer']);
});
afterEach(() => cli.remove());

const configuration = (): Configuration => loadConfiguration(cli.places, 'host').configuration;

/** The old key has endorsed these. */
function endorse(...next: readonly Identity[]): void {
  const nowMs = LEARNED.getTime();
  const facts = { nowMs, nonce: new Uint8Array(16) };
  const book = next.reduce(
    (known, one) => observeRotation(known, signRotation(old, one, facts), nowMs).book,
    EMPTY_KEY_BOOK,
  );
  writeKeyBook(cli.places.peerKeys, book);
}

async function rule(id: string, now = LATER): Promise<string> {
  const { out } = await cli.run(['trust', 'explain', id, '--json'], { now });
  return (JSON.parse(out) as Explanation).decision.rule;
}

describe('keys that changed', () => {
  test('are explained by what has become of them', async () => {
    endorse(heir);
    expect([await rule(old.id, LEARNED), await rule(heir.id, LEARNED)]).toEqual(['trust.nodes', 'trust.default']);
    expect([await rule(old.id), await rule(heir.id)]).toEqual(['key.retired', 'trust.nodes']);
    endorse(heir, rival);
    for (const { id } of [old, heir, rival]) expect(await rule(id)).toBe('key.suspended');
  });

  test('are trusted sooner by the owner’s word, where it is clear which one is meant', async () => {
    endorse(heir);
    const { code, out } = await cli.run(['trust', 'confirm', 'ben', '--yes'], { now: LEARNED });
    expect([code, out]).toEqual([0, expect.stringContaining(heir.fingerprint)]);
    expect(await rule(heir.id, LEARNED)).toBe('trust.nodes');
    endorse(heir, rival);
    expect(await cli.run(['trust', 'confirm', 'ben', '--yes'])).toMatchObject({ code: 2 });
    expect(await cli.run(['trust', 'confirm', rival.id, '--yes'])).toMatchObject({ code: 0 });
    expect([await rule(heir.id), await rule(rival.id)]).toEqual(['key.suspended', 'trust.nodes']);
    expect(await cli.run(['trust', 'confirm', old.id, '--yes'])).toMatchObject({ code: 1 });
  });

  test('are revoked with those before them, and trusted again with them, too', async () => {
    endorse(heir);
    expect(await cli.run(['trust', 'revoke', heir.id], { now: LATER })).toMatchObject({ code: 0, err: '' });
    expect(configuration().trust).toMatchObject({ nodes: {}, deny: { nodes: [old.id, heir.id] } });
    expect(await cli.run(['trust', 'set', heir.id, 'peer'], { now: LATER })).toMatchObject({ code: 2 });
    expect(await cli.run(['trust', 'set', heir.id, 'peer', '--yes'], { now: LATER })).toMatchObject({ code: 0 });
    expect(configuration().trust.deny.nodes).toEqual([]);
    expect(await rule(heir.id)).toBe('trust.nodes');
  });

  test('are revoked without the one that they only claim to follow', async () => {
    endorse(heir, rival);
    await cli.run(['trust', 'revoke', rival.id], { now: LATER });
    expect(configuration().trust).toMatchObject({ nodes: { [old.id]: 'peer' }, deny: { nodes: [rival.id] } });
  });

  test('keep nobody from revoking when nothing can be read of them', async () => {
    writeFileSync(cli.places.peerKeys, 'no book', { mode: 0o600 });
    const { code, err } = await cli.run(['trust', 'revoke', 'ben']);
    expect([code, err]).toEqual([0, expect.stringContaining('are unknown, so deny them too')]);
    expect(configuration().trust.deny.nodes).toEqual([old.id]);
  });
});
