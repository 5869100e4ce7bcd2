import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runWith } from '../../src/cli/main.ts';
import { type Places, placesFrom } from '../../src/config/places.ts';
import { ERRORS } from '../../src/domain/errors.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandLine {
  readonly home: string;
  readonly places: Places;
  /**
   * Runs `caro <args>` in this process, with everything else real. The home's path is shown as
   * `HOME`.
   */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  readonly remove: () => void;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Input that is typed on a terminal: at once, or after the question of a command. */
  readonly typed?: string | (() => Promise<string>);
  readonly columns?: number;
  /** 2026-03-04T05:06:07.008Z unless given. */
  readonly now?: Date;
}

/** A fresh `CARO_HOME` and a command line in it. */
export function commandLine(): CommandLine {
  const home = mkdtempSync(join(tmpdir(), 'caro-cli-'));
  const places = placesFrom({ CARO_HOME: home }, '');
  return {
    home,
    places,
    run: async (
      args,
      {
        env = {},
        typed,
        input = typeof typed === 'string' ? typed : '',
        columns,
        now = new Date('2026-03-04T05:06:07.008Z'),
      } = {},
    ) => {
      let failed = 0;
      const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const texts = [stdout, stderr].map((stream) => collected(stream));
      const screen = columns === undefined ? stdout : Object.assign(stdout, { isTTY: true, columns });
      if (columns !== undefined) Object.assign(stderr, { isTTY: true });
      if (typed !== undefined) Object.assign(stdin, { isTTY: true });
      if (typeof typed === 'function') answer(typed, stdin, stdout);
      else stdin.end(input);
      const code = await runWith(
        {
          env: { CARO_HOME: home, SHELL: '/bin/bash', ...env },
          home,
          hostname: 'Ada-Laptop.example',
          stdin,
          stdout: screen,
          stderr,
          now: () => now,
          places: () => places,
          interrupted: new AbortController().signal,
          failed: (kind) => {
            failed = kind === undefined ? 1 : ERRORS[kind].exit;
          },
        },
        args,
      );
      stdout.end();
      stderr.end();
      const [out = '', err = ''] = await Promise.all(texts);
      return { code: code === 0 ? failed : code, out: out.replaceAll(home, 'HOME'), err: err.replaceAll(home, 'HOME') };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function answer(typed: () => Promise<string>, stdin: PassThrough, stdout: PassThrough): void {
  let isAsked = false;
  stdout.on('data', (chunk: Buffer) => {
    if (isAsked || !chunk.includes('[y/N]')) return;
    isAsked = true;
    void typed().then((text) => stdin.end(text));
  });
}

async function collected(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
