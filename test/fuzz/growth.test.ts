import { describe, expect, test } from '@jest/globals';
import { classify } from '../../src/actors/classification.ts';
import { LineSplitter } from '../../src/admin/line-splitter.ts';
import { decodeRequest } from '../../src/admin/protocol.ts';
import { verifyChain } from '../../src/audit/chain.ts';
import { decodeAuditExport } from '../../src/audit/export.ts';
import { logProof } from '../../src/audit/log-proof.ts';
import { parseBashHistory } from '../../src/cli/import/bash.ts';
import { parseFishHistory } from '../../src/cli/import/fish.ts';
import { parseZshHistory } from '../../src/cli/import/zsh.ts';
import { CONFIGURATION_SCHEMA } from '../../src/config/schema.ts';
import { parseSettings } from '../../src/config/settings-file.ts';
import { CaroError } from '../../src/domain/errors.ts';
import { bytesToText } from '../../src/domain/spool/lossless-utf8.ts';
import { decodeSpool } from '../../src/domain/spool/spool-record.ts';
import { validateConfiguration } from '../../src/generated/configuration-validators.js';
import { decodeEnvelope } from '../../src/identity/envelope.ts';
import { decodeInviteCode } from '../../src/mesh/pairing/invite-code.ts';
import { decodePayload } from '../../src/mesh/protocol/message-codec.ts';
import { rate } from '../../src/risk/rate.ts';
import { startCoverage } from './rig/coverage.ts';
import { SECONDS } from './rig/fuzzer.ts';

const SMALL = 4 * 1024;
/** Twice the input may take three times the work, once more for what does not grow. */
const MAX_GROWTH = 3;
/**
 * Regular expressions run outside of what is counted. A quadratic one takes 6 to 60 s for this
 * much, the rest less than 1 s.
 */
const LARGE = (SECONDS > 0 ? 256 : 64) * 1024;
const MAX_CPU_MS = 4_000;

const refused = (act: () => unknown): void => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
  }
};

/** Everything that takes bytes from outside, and pieces that are costly if anything is. */
const READERS: Readonly<
  Record<string, { readonly read: (text: string) => unknown; readonly pieces: readonly string[] }>
> = {
  'the spool': {
    read: (text) => decodeSpool(Buffer.from(text, 'latin1')),
    pieces: [
      '\0',
      '\0v1\0',
      'v1\0',
      '\0v1\0t=s\0q=1\0c=x\0\0',
      'x',
      '\0v',
      '\0v1\0t=b\0q=1\0m=9\0h= 1  a\n 2  b\0\0',
      '\n 1  ',
    ],
  },
  'text of bytes': { read: (text) => bytesToText(Buffer.from(text, 'latin1')), pieces: ['\xff', 'a\x80', '\xf0\x9f'] },
  'a configuration': {
    read: (text) => parseSettings('f', text, CONFIGURATION_SCHEMA, validateConfiguration),
    pieces: ['#\n', 'x', '"', '[a]\n', '[[a]]\n', ' ', 'a=[', "'''\n", '\\'],
  },
  'a line of the control socket': {
    read: (text) => {
      new LineSplitter(1 << 20).push(Buffer.from(text));
      refused(() => decodeRequest(Buffer.from(text)));
    },
    pieces: ['[', '{"a":', '"', '\n', ' ', '\\u'],
  },
  'a frame of the mesh': {
    read: (text) => {
      refused(() => decodeEnvelope(text));
      refused(() => decodePayload(Buffer.from(text)));
    },
    pieces: ['[', '{"a":', '"', ' ', '\\'],
  },
  'an invite code': { read: (text) => refused(() => decodeInviteCode(text)), pieces: ['0', 'A-', ' ', 'ILO'] },
  'an audit export': {
    read: (text) =>
      refused(() => {
        const { records, checkpoints } = decodeAuditExport(text);
        verifyChain(records, checkpoints, logProof(new Uint8Array(32)));
      }),
    pieces: ['{}\n', '\n', '[', '{"record":'],
  },
  'a history of bash': { read: (text) => parseBashHistory(Buffer.from(text)), pieces: ['\n', '#1\n', '#', 'a\n'] },
  'a history of zsh': {
    read: (text) => parseZshHistory(Buffer.from(text)),
    pieces: ['\\\n', ': 1:0;', '\\', ' ', '\x83'],
  },
  'a history of fish': {
    read: (text) => parseFishHistory(Buffer.from(text)),
    pieces: ['- cmd: ', '\\n', '  when: ', '\n'],
  },
  'a file that a command line writes for a program that runs as root': {
    // Five times, since no longer text is followed.
    read: (text) => {
      for (let time = 0; time < 5; time += 1) rate(`cat > f <<'E'\nsh${text.slice(0, 60_000)}x\nE\nsudo foo f`, 'bash');
    },
    pieces: [
      ' ',
      '\n',
      '\t',
      'sh',
      'sh ',
      'sh\n',
      'sh;',
      'exec sh ',
      'a: ',
      'a:',
      'a:\n',
      '/',
      '.',
      '"',
      "sh '",
      'x=/sh\n',
      '#!',
    ],
  },
  'code in a command': {
    read: (text) => {
      for (const program of ['node -e', 'python3 -c', 'perl -e', 'php -r', 'ruby -e', 'sh -c'])
        rate(`${program} "${text}"`, 'bash');
    },
    pieces: ['open(', 'system(', 'exec ', 'os.', '(', ' ', '\n', '_', '0', '[', '%', '/', '6.', "'", 'eval '],
  },
  'a command': {
    read: (text) => {
      classify({ command: text, shell: 'bash' });
      rate(text, 'bash');
    },
    pieces: [
      ...[
        'a ',
        'a;',
        '|',
        '$(',
        '"',
        "'",
        '\\',
        '<<A\n',
        '{a,b}',
        '[',
        '*',
        '~',
        '=',
        'a=',
        '-',
        '--a=b ',
        '/',
        '../',
        ':',
        '@',
      ],
      ...[
        '://',
        'a:b@',
        'http://a:b@c ',
        'key=',
        'token ',
        'password=x ',
        'Bearer ',
        '-----BEGIN ',
        'AKIA',
        'ghp_',
        'eyJ',
        '.',
      ],
      ...[
        'sudo ',
        'env ',
        'xargs ',
        'eval ',
        'rm -rf / ',
        'curl x|sh;',
        'python -c "os.',
        'find . -exec ',
        '>/dev/sda ',
        '%',
        '6.',
        '7\\',
        '\n',
      ],
      ...[
        'base64 -d|',
        "echo '",
        '0',
        'x.',
        'a_',
        '\t',
        '  ',
        '‹redacted:',
        'tar c /|',
        'chmod 777 ',
        '((',
        ' && ',
        '$a',
        '${a:-',
      ],
    ],
  },
};

function worked(coverage: ReturnType<typeof startCoverage>, act: () => unknown): number {
  coverage.reset();
  act();
  return coverage.work();
}

describe.each(Object.entries(READERS))('reading %s', (_name, { read, pieces }) => {
  test('takes work that grows with the length, whatever is repeated', () => {
    const of = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length));
    const coverage = startCoverage();
    const measured = (piece: string): readonly [string, number, number] => {
      // Once before, so that what is made with the first use is not counted.
      read(of(piece, 64));
      const [one, two] = [SMALL, 2 * SMALL].map((size) => worked(coverage, () => read(of(piece, size))));
      return [piece, one ?? 0, two ?? 0];
    };
    const isGrown = ([, one, two]: readonly [string, number, number]): boolean => two > MAX_GROWTH * one + 10_000;
    const all = pieces.map(measured);
    expect(all.filter(([, one]) => one === 0)).toEqual([]);
    // A garbage collection may drop counts; what really grows does so each time.
    const grown = all.filter(isGrown).map(([piece]) => [measured(piece), measured(piece)]);
    coverage.stop();
    expect(grown.filter((again) => again.every(isGrown))).toEqual([]);
  });

  test('takes no more of the processor than a length like this can need', () => {
    const slow = pieces.flatMap((piece) => {
      const before = process.cpuUsage();
      read(piece.repeat(Math.ceil(LARGE / piece.length)));
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1_000;
      return ms > MAX_CPU_MS ? [[piece, ms] as const] : [];
    });
    expect(slow).toEqual([]);
  });
});
