import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesToText, textToBytes } from '../../src/domain/spool/lossless-utf8.ts';
import {
  decodeSpool,
  encodeSpoolRecord,
  MAX_RECORD_BYTES,
  parseSpoolName,
  type SpoolRecord,
} from '../../src/domain/spool/spool-record.ts';

const raw = (text: string): Buffer => Buffer.from(text, 'latin1');
const word = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
const number = fc.nat({ max: 2_000_000_000_000_000 });
const optional = <T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.option(value).map((v) => (v === null ? {} : { [key]: v }));

const record: fc.Arbitrary<SpoolRecord> = fc
  .record({
    type: fc.constantFrom('start', 'end', 'both'),
    command: fc.nat(),
    granularity: fc.constantFrom(1, 10_000, 1_000_000),
    text: word.map((text) => `x${text}`),
    cwd: word.map((text) => `/${text}`),
  })
  .chain((base) =>
    fc
      .tuple(
        optional('startedAt', number),
        optional('endedAt', number),
        optional('status', fc.nat({ max: 255 })),
        optional('durationMs', fc.nat()),
      )
      .map((parts) => {
        const { text, ...rest } = base;
        return Object.assign({}, rest, base.type === 'end' ? {} : { text }, ...parts) as SpoolRecord;
      }),
  );

const concat = (records: readonly SpoolRecord[]): Buffer => Buffer.concat(records.map((one) => encodeSpoolRecord(one)));

describe('spool records', () => {
  test('what is encoded is decoded again, all of it', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const bytes = concat(records);
        expect(decodeSpool(bytes)).toEqual({ records, consumed: bytes.length, foreign: 0, lost: 0 });
      }),
    );
  });

  test('a tail cut anywhere is left for later and the rest is the same', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), fc.nat(), (records, cut) => {
        const bytes = concat(records);
        const at = cut % bytes.length;
        const first = decodeSpool(bytes.subarray(0, at));
        const rest = decodeSpool(bytes.subarray(first.consumed));
        expect([...first.records, ...rest.records]).toEqual(records);
        expect(first.consumed).toBeLessThanOrEqual(at);
        expect(first.foreign + rest.foreign).toBe(0);
      }),
    );
  });

  test('a record torn anywhere costs itself and no other', () => {
    fc.assert(
      fc.property(record, record, record, fc.nat(), (before, torn, after, cut) => {
        const piece = encodeSpoolRecord(torn);
        const bytes = Buffer.concat([
          encodeSpoolRecord(before),
          piece.subarray(0, 1 + (cut % (piece.length - 2))),
          encodeSpoolRecord(after),
        ]);
        const { records, consumed } = decodeSpool(bytes);
        expect(records[0]).toEqual(before);
        expect(records.at(-1)).toEqual(after);
        expect(consumed).toBe(bytes.length);
      }),
    );
  });

  test('garbage between records is counted once and skipped', () => {
    fc.assert(
      fc.property(record, fc.uint8Array({ minLength: 1, maxLength: 60 }), record, (before, noise, after) => {
        // Whatever could be mistaken for a mark is left out: that is the torn record's test.
        const garbage = Buffer.from(noise.map((byte) => (byte === 0 ? 1 : byte)));
        const bytes = Buffer.concat([encodeSpoolRecord(before), garbage, encodeSpoolRecord(after)]);
        fc.pre(!garbage.toString('latin1').startsWith('v'));
        expect(decodeSpool(bytes)).toEqual({ records: [before, after], consumed: bytes.length, foreign: 1, lost: 0 });
      }),
    );
  });

  test('no bytes at all make it fail, and it never claims more than there is', () => {
    const bits = fc.constantFrom(
      '\0',
      'v1',
      '\0v1\0',
      't=s\0',
      'q=1\0',
      'c=x\0',
      'h=    1  ls\n\0',
      'm=2\0',
      '=',
      '\xff',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), (parts) => {
        const bytes = raw(parts.join(''));
        const { consumed, records } = decodeSpool(bytes);
        expect(consumed).toBeLessThanOrEqual(bytes.length);
        for (const one of records) expect(one.type === 'end' || (one.text ?? '') !== '').toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a type from Object', '\0v1\0t=constructor\0q=1\0c=x\0\0'],
    ['no number', '\0v1\0t=s\0c=x\0\0'],
    ['no type', '\0v1\0q=1\0c=x\0\0'],
    ['an unknown type', '\0v1\0t=z\0q=1\0c=x\0\0'],
    ['a tag twice', '\0v1\0t=s\0q=1\0q=2\0c=x\0\0'],
    ['a number that is none', '\0v1\0t=e\0q=1x\0\0'],
    ['a start without text', '\0v1\0t=s\0q=1\0\0'],
    ['a count of lost records that is none', '\0v1\0l=-1\0t=s\0q=1\0c=x\0\0'],
    ['no lost record', '\0v1\0l=0\0t=s\0q=1\0c=x\0\0'],
    ['more lost records than a hook counts', '\0v1\0l=1000000\0t=s\0q=1\0c=x\0\0'],
    ['a list of lost records', '\0v1\0l=1 2\0t=s\0q=1\0c=x\0\0'],
    ['a field without a tag', '\0v1\0t=s\0q=1\0nonsense\0\0'],
  ])('a record with %s is foreign', (_name: string, text: string) => {
    expect(decodeSpool(raw(text))).toEqual({ records: [], consumed: text.length, foreign: 1, lost: 0 });
  });

  test('what hooks could not write is added up, also before a private command', () => {
    const lost = fc.nat({ max: 999_999 });
    fc.assert(
      fc.property(fc.array(fc.tuple(record, lost), { maxLength: 8 }), (pairs) => {
        const bytes = Buffer.concat(pairs.map(([one, before]) => encodeSpoolRecord(one, { lost: before })));
        const sum = pairs.reduce((total, [, before]) => total + before, 0);
        const records = pairs.map(([one]) => one);
        expect(decodeSpool(bytes)).toEqual({ records, consumed: bytes.length, foreign: 0, lost: sum });
      }),
    );
    const hidden = decodeSpool(raw('\0v1\0l=7\0t=s\0q=1\0c= private\0\0'));
    expect(hidden).toMatchObject({ records: [], foreign: 0, lost: 7 });
  });

  test('a record cut short by a full disk is counted once, as set aside or as lost', () => {
    fc.assert(
      fc.property(record, record, fc.nat(), fc.integer({ min: 1, max: 9 }), (torn, after, cut, lost) => {
        const piece = encodeSpoolRecord(torn);
        const rest = piece.subarray(0, cut % (piece.length - 2));
        const bytes = Buffer.concat([rest, raw('x'), encodeSpoolRecord(after, { lost })]);
        const decoded = decodeSpool(bytes);
        expect(decoded.records).toEqual([after]);
        expect(decoded.foreign + decoded.lost).toBe(lost);
      }),
    );
  });

  test.each([-1, 0.5, 1_000_000, Number.NaN])('%s lost records are not encoded', (lost) => {
    expect(() => encodeSpoolRecord({ type: 'end', command: 0, granularity: 1 }, { lost })).toThrow(RangeError);
  });

  test('a record of another version is set aside and the next one read', () => {
    const bytes = Buffer.concat([raw('\0v2\0t=s\0q=1\0c=x\0\0'), raw('\0v1\0t=s\0q=1\0c=x\0\0')]);
    expect(decodeSpool(bytes)).toMatchObject({
      records: [{ command: 1 }],
      consumed: bytes.length,
      foreign: 1,
      lost: 0,
    });
  });

  test('an uptime reading is added to its zero', () => {
    const of = (type: string, uptime: string) => decodeSpool(raw(`\0v1\0t=${type}\0q=1\0z=1000\0u=${uptime}\0c=x\0\0`));
    expect(of('s', '12.34').records[0]).toMatchObject({ startedAt: 12_341_000 });
    expect(of('e', '12.34').records[0]).toMatchObject({ endedAt: 12_341_000 });
    expect(of('e', '12').foreign).toBe(1);
  });

  test('tags from the future are skipped', () => {
    expect(decodeSpool(raw('\0v1\0t=s\0q=1\0Z=new\0c=x\0\0')).records).toEqual([
      { type: 'start', command: 1, granularity: 1, text: 'x' },
    ]);
  });

  test('a command of a megabyte comes through and a record without an end does not hold the rest up', () => {
    const big: SpoolRecord = { type: 'start', command: 0, granularity: 1, text: 'é'.repeat(600_000) };
    const endless = raw(`\0v1\0t=s\0q=1\0c=${'x'.repeat(MAX_RECORD_BYTES + 1)}`);
    const bytes = Buffer.concat([encodeSpoolRecord(big), endless, encodeSpoolRecord({ ...big, command: 2 })]);
    const { records, foreign, consumed } = decodeSpool(bytes);
    expect(records.map((one) => [one.command, one.text?.length])).toEqual([
      [0, 600_000],
      [2, 600_000],
    ]);
    expect([foreign, consumed]).toEqual([1, bytes.length]);
    expect(decodeSpool(endless)).toEqual({ records: [], consumed: endless.length, foreign: 1, lost: 0 });
  });

  test('an encoded field cannot hold NUL', () => {
    expect(() => encodeSpoolRecord({ type: 'start', command: 0, granularity: 1, text: 'a\0b' })).toThrow(RangeError);
  });
});

describe('text as bash prints its history', () => {
  const start = (history: string, more = ''): readonly SpoolRecord[] =>
    decodeSpool(raw(`\0v1\0t=s\0q=4\0b=10\0${more}h=${history}\0\0`)).records;

  test('the number and the last line end go, everything else stays', () => {
    expect(start('   12  echo  "a\n   13  b" \n')[0]?.text).toBe('echo  "a\n   13  b" ');
    expect(start('    7* echo edited\n')[0]?.text).toBe('echo edited');
    expect(start('123456  ls\n')[0]?.text).toBe('ls');
  });

  test('a leading space makes it private', () => {
    expect(start('   12   secret\n')).toEqual([]);
    expect(decodeSpool(raw('\0v1\0t=s\0q=1\0c= secret\0\0'))).toMatchObject({ records: [], foreign: 0, lost: 0 });
  });

  test('several entries of one command are its lines', () => {
    expect(start('    9  for i in 1\n   10  do ls\n   11  done\n', 'm=3\0')[0]?.text).toBe('for i in 1\ndo ls\ndone');
  });

  test('lines pasted together are commands of their own with their own times and statuses', () => {
    const pasted =
      '\0v1\0t=b\0q=4\0b=10 20 30\0s=0 1 2\0e=20 30 44\0p=/x\0m=3\0h=   98  a\n   99   b\n  100  c\nd\n\0\0';
    const common = { type: 'both', granularity: 1, cwd: '/x' };
    expect(decodeSpool(raw(pasted)).records).toEqual([
      { ...common, command: 4, text: 'a', startedAt: 10, endedAt: 20, status: 0 },
      { ...common, command: 6, text: 'c\nd', startedAt: 30, endedAt: 44, status: 2 },
    ]);
  });

  test.each([
    ['-1', 255],
    ['-256', 255],
    ['255', 255],
    ['256', 255],
    ['300', 44],
    ['1215752191', 255],
    ['0', 0],
  ])('a function that returns %s has failed with the status %i', (written, status) => {
    const { records, foreign } = decodeSpool(raw(`\0v1\0t=e\0q=4\0s=${written}\0\0`));
    expect(records).toMatchObject([{ type: 'end', command: 4, status }]);
    expect(foreign).toBe(0);
  });

  test('where entries and commands do not match, only the outermost facts are kept', () => {
    const pasted = '\0v1\0t=b\0q=4\0b=10 20 30\0s=0 1 2\0e=20 30 44\0m=2\0h=   98  a\n   99  b\n\0\0';
    expect(decodeSpool(raw(pasted)).records).toEqual([
      { type: 'both', granularity: 1, command: 4, text: 'a', startedAt: 10, endedAt: 44 },
      { type: 'both', granularity: 1, command: 5, text: 'b', startedAt: 10, endedAt: 44, status: 2 },
    ]);
  });

  test('numbers choose the entry of each command; a command without one has no record', () => {
    const lost = '    7  (a)\n    8  # note\n    9  b\n   10  c';
    const fields = '\0v1\0t=b\0q=4\0b=10 20 30\0s=1 2 3\0e=20 30 40\0m=4\0';
    expect(decodeSpool(raw(`${fields}a=7 7 0 0 9 10\0h=${lost}\n\0\0`))).toMatchObject({
      records: [
        { command: 4, text: '(a)', startedAt: 10, endedAt: 20, status: 1 },
        { command: 6, text: 'b\nc', startedAt: 30, endedAt: 40, status: 3 },
      ],
      lost: 0,
    });
  });

  test.each([
    ['was removed since', '6 6'],
    ['is not there yet', '9 9'],
    ['belongs to another command', '7 8 8 8'],
    ['ends before it begins', '8 7'],
  ])('an entry that %s counts as lost', (_what, pairs) => {
    const { records, lost, foreign } = decodeSpool(
      raw(`\0v1\0t=s\0q=4\0b=10\0m=2\0a=${pairs}\0h=    7  a\n    8  b\n\0\0`),
    );
    expect([records.map(({ text }) => text), lost, foreign]).toEqual([pairs.length > 3 ? ['a\nb'] : [], 1, 0]);
  });

  test('the output of fc is read like that of history', () => {
    expect(start('7\t echo a\n8\t echo b\n', 'm=2\0a=8 8\0')).toMatchObject([{ command: 4, text: 'echo b' }]);
    expect(start('7\t  echo private\n', 'a=7 7\0')).toEqual([]);
  });

  test('what is no history output is foreign', () => {
    expect(decodeSpool(raw('\0v1\0t=s\0q=1\0h=ls\n\0\0'))).toMatchObject({ records: [], foreign: 1, lost: 0 });
  });
});

describe('bytes as text', () => {
  test('any bytes come back the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        const bytes = Buffer.from(noise);
        expect(textToBytes(bytesToText(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('UTF-8 reads as itself and other bytes as single private-use characters', () => {
    expect(bytesToText(Buffer.from('é ☃ 𝄞 \ufeff'))).toBe('é ☃ 𝄞 \ufeff');
    expect(bytesToText(raw('a\xffb\xc3'))).toBe('a\uefffb\uefc3');
    expect(bytesToText(Buffer.from('\uef80'))).toBe('\uefee\uefbe\uef80');
    expect(bytesToText(raw('\xed\xa0\x80\xc0\x80'))).toHaveLength(5);
  });
});

describe('spool file names', () => {
  test('shell, process, start and sequence are read from the name', () => {
    expect(parseSpoolName('bash.123.1795414808387496.0')).toEqual({
      shell: 'bash',
      pid: 123,
      start: 1795414808387496,
      seq: 0,
    });
  });

  test.each([
    '',
    '.bash.123.1',
    'tcsh.1.2.3',
    'bash.1.2',
    'bash.1.2.3.4',
    'bash.a.2.3',
    'bash.1.2.3\n',
    'toString.1.2.3',
  ])('%j is no spool file', (name) => expect(parseSpoolName(name)).toBeUndefined());
});
