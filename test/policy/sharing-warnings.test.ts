import { expect, test } from '@jest/globals';
import type { Configuration } from '../../src/domain/configuration.ts';
import { sharingWarnings } from '../../src/policy/sharing-warnings.ts';

const words = () => Promise.resolve({ canonicalTool: (name: string) => (name === 'kubectl' ? 'kubectl' : undefined) });
const warnings = (fallback: string, level: number, denyTools: readonly string[] = [], read = words) =>
  sharingWarnings(
    { sharing: { level, deny_tools: denyTools }, trust: { default: fallback } } as unknown as Configuration,
    read,
  );

test.each(['share_to', 'query_from', 'peer', 'supervisor'])(
  'a default of %s is told while something is shared',
  async (level) => {
    expect(await warnings(level, 1)).toEqual([expect.stringContaining(`trust.default is "${level}"`)]);
    expect(await warnings(level, 0)).toEqual([]);
  },
);

test('nothing is told about a default that trusts nobody, and no name is looked up', async () => {
  const never = () => Promise.reject(new Error('read'));
  expect(await warnings('untrusted', 2, [], never)).toEqual([]);
});

test('a withheld tool that no catalogue knows is told, after the default', async () => {
  expect(await warnings('peer', 1, ['kubectl', 'kubctl'])).toEqual([
    expect.stringContaining('trust.default'),
    expect.stringContaining('"kubctl"'),
  ]);
});
