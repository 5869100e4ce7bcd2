import { describe } from '@jest/globals';
import { parseBashHistory } from '../../src/cli/import/bash.ts';
import { checkedHistory } from '../../src/cli/import/checked-history.ts';
import { parseFishHistory } from '../../src/cli/import/fish.ts';
import type { HistoryEntry } from '../../src/cli/import/history-entry.ts';
import { parseZshHistory } from '../../src/cli/import/zsh.ts';
import { bytesToText, textToBytes } from '../../src/domain/spool/lossless-utf8.ts';
import { decodeSpool, encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { holds, same } from './rig/invariants.ts';

const NOW = Date.UTC(2026, 10, 29);

/** What every importer promises of any bytes. */
function check(read: readonly HistoryEntry[], input: Buffer): void {
  holds('no more commands than lines', read.length <= input.toString('latin1').split('\n').length);
  for (const { text, startMs, durationMs } of checkedHistory(read, NOW, []).entries) {
    holds('a command is not blank', text.trim() !== '');
    holds('a time is one', startMs === null || (Number.isSafeInteger(startMs) && startMs > 0));
    holds('a duration is one', durationMs === null || (Number.isSafeInteger(durationMs) && durationMs >= 0));
    holds('a command has no NUL', !text.includes('\0'));
    // Leading blanks make a command private; it is left out before the spool.
    if (/^\s/.test(text)) continue;
    const bytes = encodeSpoolRecord({ type: 'both', command: 0, granularity: 1, startedAt: 1, text });
    same('a command in the spool', decodeSpool(bytes).records[0]?.text, text);
  }
}

describe('imported histories', () => {
  fuzzTest({
    name: 'any bytes are a history of bash',
    seeds: ['ls\ngit status\n', '#1700000000\necho a\necho b\n#1700000001\nmake\n', '\n\n#12\n'].map((text) =>
      Buffer.from(text),
    ),
    words: ['#1700000000\n', '\n', '#', '\\\n'],
    run: (input) => check(parseBashHistory(input), input),
  });
  fuzzTest({
    name: 'any bytes are a history of zsh, its own escapes among them',
    seeds: [': 1700000000:3;ls\n: 1700000001:0;echo a\\\nb\n', 'a\u0083*b', 'plain\nls \\\\ \n'].map((text) =>
      Buffer.from(text),
    ),
    words: [': 1700000000:0;', '\\\n', '\\', '\x83'],
    run: (input) => check(parseZshHistory(input), input),
  });
  fuzzTest({
    name: 'any bytes are a history of fish',
    seeds: ['- cmd: ls\n  when: 1700000000\n- cmd: echo a\\nb\n  when: 1\n  paths:\n    - /x\n'].map((text) =>
      Buffer.from(text),
    ),
    words: ['- cmd: ', '  when: 1\n', '\\n', '\\\\', '  paths:\n'],
    run: (input) => check(parseFishHistory(input), input),
  });
  fuzzTest({
    name: 'any bytes become text and the same bytes again',
    seeds: [Buffer.from('ünï 漢字 😀'), Buffer.from([0xff, 0xc3, 0x28, 0xee, 0xbe, 0x80, 0xf4, 0x90, 0x80, 0x80])],
    run: (input) => {
      const text = bytesToText(input);
      holds('the text can be stored anywhere', text.isWellFormed());
      holds('the bytes are in it', textToBytes(text).equals(input));
    },
  });
});
