import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CaroError, ERRORS, type ErrorCode } from '../../src/domain/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('the error table', () => {
  test('is the one in docs/errors.md, line by line', () => {
    const documented = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim())
          .join(' | '),
      );
    const lines = CODES.map((code) => {
      const { exit, rpc, what } = ERRORS[code];
      return `\`${code}\` | ${exit} | ${rpc} | ${what}`;
    });
    expect(documented).toEqual(lines);
  });

  test('gives every error its own number, outside of what JSON-RPC keeps for itself unless it means just that', () => {
    const numbers = CODES.map((code) => ERRORS[code].rpc);
    expect(new Set(numbers).size).toBe(numbers.length);
    const reserved: readonly ErrorCode[] = ['usage', 'method_unknown', 'json_invalid', 'request_invalid', 'internal'];
    // The hundred numbers for implementations, then those that are left to applications.
    const isOurs = (rpc: number): boolean => rpc <= -31_900 && rpc >= -32_099;
    for (const code of CODES) expect([code, isOurs(ERRORS[code].rpc)]).toEqual([code, !reserved.includes(code)]);
  });

  test('names codes in one style and ends the process with 1 or 2', () => {
    for (const code of CODES) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(ERRORS[code].what).toMatch(/^[A-Z].*\.$/);
      expect([1, 2]).toContain(new CaroError(code, 'text').exitCode);
    }
  });
});
