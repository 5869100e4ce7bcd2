import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BASELINE, growthSince, type IdleRow, storedRows } from '../../bench/parts/idle-growth.ts';

const ROOT = resolve(__dirname, '../..');
const row = (name: string, rssMiB: number, node = 'v20.20.2'): IdleRow => ({ name, node, rssMiB });
const BEFORE = [row('fresh node', 47), row('mesh on', 55), row(BASELINE, 39)];

describe('the warning of CI about idle memory (NFR-101)', () => {
  it('warns of each use that takes more than a MiB more above Node.js itself', () => {
    const said = growthSince(BEFORE, [row('fresh node', 48.1), row('mesh on', 55.9), row(BASELINE, 39)]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('fresh node: 9.1 MiB above an idle Node.js v20, 8.0 before');
  });

  it('is silent where Node.js takes more on this machine, and where a use takes less', () => {
    expect(growthSince(BEFORE, [row('fresh node', 50), row('mesh on', 52), row(BASELINE, 42)])).toEqual([]);
  });

  it('notices growth that a smaller Node.js would hide', () => {
    expect(growthSince(BEFORE, [row('fresh node', 47), row(BASELINE, 37)])).toHaveLength(1);
  });

  it('compares with the same major version of Node.js only', () => {
    const other = [row('fresh node', 60, 'v22.1.0'), row(BASELINE, 42, 'v22.1.0')];
    const now = [row('fresh node', 60, 'v22.23.3'), row(BASELINE, 42, 'v22.23.3')];
    expect(growthSince([...BEFORE, ...other], now)).toEqual([]);
    expect(growthSince(BEFORE, now)).toEqual(['idle memory on Node.js v22: no earlier measurement to compare with']);
  });

  it('finds what was measured in the file that CI compares with', () => {
    const rows = storedRows(readFileSync(join(ROOT, 'bench', 'results', 'idle-memory.json'), 'utf8'));
    const grown = rows.map((one) => (one.name === BASELINE ? one : { ...one, rssMiB: one.rssMiB + 1.5 }));
    expect(growthSince(rows, rows)).toEqual([]);
    expect(growthSince(rows, grown).some((text) => text.includes('fresh node'))).toBe(true);
  });
});
