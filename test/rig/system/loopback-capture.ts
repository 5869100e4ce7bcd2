/** What passes between services of one machine, as somebody on the network would see it. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { lastingFolder } from '../temporary-folder.ts';

export interface LoopbackCapture {
  /** Ends it; resolves with the bytes of the capture file. */
  readonly end: () => Promise<Buffer>;
}

/** Whether packets can be captured here. With CI=true a machine that cannot fails the file. */
export function canCapture(): boolean {
  try {
    execFileSync('dumpcap', ['-D'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs root and tshark', { cause: error });
    return false;
  }
}

/** Captures all TCP of these ports; resolves once packets are taken down. */
export async function captureLoopback(ports: readonly number[]): Promise<LoopbackCapture> {
  const file = join(lastingFolder(), 'loopback.pcapng');
  const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
  const child = spawn('dumpcap', ['-i', 'lo', '-f', filter, '-w', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => child.once('exit', done));
  await whenCapturing(child);
  return {
    end: async () => {
      child.kill('SIGINT');
      await ended;
      return readFileSync(file);
    },
  };
}

/** Resolves once packets are taken down. */
export const whenCapturing = (child: ChildProcessByStdio<null, null, Readable>): Promise<void> =>
  new Promise((done, failed) => {
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      // Written when the file is open and the interface is listened to.
      if (text.includes('File: ')) done();
    });
    child.once('exit', () => failed(new Error(`dumpcap ended: ${text}`)));
  });
