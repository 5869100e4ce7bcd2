import { describe } from '@jest/globals';
import { SHELLS } from '../../src/domain/events/shell-kind.ts';
import { observe } from '../../src/domain/spool/observation.ts';
import {
  decodeSpool,
  encodeSpoolRecord,
  parseScratchName,
  parseSpoolName,
} from '../../src/domain/spool/spool-record.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { holds, same } from './rig/invariants.ts';

const record = (fields: string): Buffer => Buffer.from(`\0v1\0${fields}\0\0`, 'latin1');
const SEEDS = [
  record('t=s\0q=0\0b=1700000000000000\0p=/srv\0c=git status'),
  record('t=e\0q=0\0s=1\0e=1700000000250000'),
  record('t=b\0q=3\0b=1 2\0s=0 1\0e=2 3\0g=1000000\0m=2\0h=  501  ls\n  502  make'),
  record('t=e\0q=7\0d=12\0z=1700000000000000\0u=55.25\0s=0'),
  Buffer.concat([record('l=3\0t=s\0q=1\0c=a'), Buffer.from('\0v1\0t=s\0q'), record('l=9\0t=s\0q=2\0c= b')]),
  Buffer.concat([record('t=s\0q=0\0c=a'), record('t=e\0q=0\0s=0'), Buffer.from('\0v1\0t=s\0q=1\0c=torn')]),
];
const WORDS = [
  '\0v1\0',
  '\0\0',
  't=s\0',
  't=b\0',
  'q=1\0',
  'l=999999\0',
  'h=',
  'm=3\0',
  'c= x\0',
  'p=\xff\0',
  'g=10000\0',
  '\0v2\0',
];

/** In the form in which two readings can be compared: what arrived without a clock has none. */
const names = { shell: 'bash', pid: 1, start: 2, seq: 0 } as const;

describe('spool records', () => {
  fuzzTest({
    name: 'any bytes are read, whole records the same whichever way they arrive, and written again they are the same',
    seeds: SEEDS,
    words: WORDS,
    run: (input) => {
      const { records, consumed, foreign, lost } = decodeSpool(input);
      holds('what was consumed lies within the input', consumed >= 0 && consumed <= input.length);
      holds('no more pieces than bytes', records.length + foreign <= input.length);
      // A record with such a field takes at least 16 bytes.
      holds('no more is lost than can be said', Number.isSafeInteger(lost) && lost <= (input.length / 16) * 999_999);
      const half = input.length >> 1;
      const first = decodeSpool(input.subarray(0, half));
      const second = decodeSpool(input.subarray(first.consumed));
      const repeated = decodeSpool(input.subarray(consumed));
      same('the rest holds no further record', repeated.records, []);
      // Noise that is cut in two may look like a record whose first NUL ended a torn one.
      if (foreign === 0) {
        same('records of both halves', [...first.records, ...second.records], records);
        same('lost records of both halves', first.lost + second.lost, lost);
      }
      for (const each of records) same('a record written again', decodeSpool(encodeSpoolRecord(each)).records, [each]);
      const observed = observe(
        names,
        records,
        { shells: SHELLS, ignore: ['*secret*'], pauses: [], isPrivate: () => false, agents: true },
        1_700_000_000_000,
      );
      holds('nothing private is observed', !observed.begun.some(({ command }) => /^\s|secret/.test(command)));
    },
  });

  fuzzTest({
    name: 'any file name is read as a session of ours or as nothing',
    seeds: ['bash.123.1700000000000000.0', '.sh.1.2.feed', 'zsh.9.9.9', '.fish.1.1', 'import-0.new'].map((name) =>
      Buffer.from(name),
    ),
    run: (input) => {
      const name = input.toString();
      const session = parseSpoolName(name);
      if (session)
        same(
          'the name of a session',
          parseSpoolName(`${session.shell}.${session.pid}.${session.start}.${session.seq}`),
          session,
        );
      const scratch = parseScratchName(name);
      if (scratch)
        holds('a scratch file begins with a dot', name.startsWith('.') && [...SHELLS, 'agent'].includes(scratch.shell));
    },
  });
});
