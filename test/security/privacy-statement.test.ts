import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadConfiguration } from '../../src/config/loader.ts';
import { placesFrom, preparePlaces } from '../../src/config/places.ts';
import { TRUST_LEVELS } from '../../src/domain/policy/trust.ts';

const STATEMENT = readFileSync(join(__dirname, '../../docs/privacy.md'), 'utf8');

test('what the privacy statement says of times, copies and sharing is what the program does by itself', () => {
  const home = mkdtempSync(join(tmpdir(), 'caro-privacy-'));
  const places = placesFrom({ CARO_HOME: home }, home);
  preparePlaces(places);
  const { retention, sharing, trust, mesh, privacy, backup, observe } = loadConfiguration(places, 'host').configuration;
  rmSync(home, { recursive: true });
  for (const [key, days] of Object.entries(retention))
    expect(STATEMENT).toContain(`${days} days (\`retention.${key}\`)`);
  expect(STATEMENT).toContain(`the newest ${backup.keep} (\`backup.keep\`), one a day (\`backup.daily\`)`);
  expect([backup.daily, observe.redact]).toEqual([true, true]);
  expect(STATEMENT).toContain(`\`sharing.level = ${sharing.level}\`, no trusted node, no network connection`);
  expect([trust.default, Object.keys(trust.nodes), mesh.enabled]).toEqual(['untrusted', [], false]);
  expect(STATEMENT).toContain(`at least ${privacy.min_contributors} nodes (\`privacy.min_contributors\`)`);
});

test('and every level of trust is explained in it', () => {
  expect(TRUST_LEVELS.filter((level) => !STATEMENT.includes(`\`${level}\``))).toEqual([]);
});
