import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { programOf } from './process-name.ts';

/**
 * The process that holds a port: `process 123 (nginx)`, or that it belongs to another user. Without
 * `/proc` it can be any. Undefined if the port is free.
 */
export async function portHolder(host: string, port: number): Promise<string | undefined> {
  if (port === 0 || (await isFree(host, port))) return undefined;
  const pid = process.platform === 'linux' ? linuxHolder(port) : otherHolder(port);
  if (pid !== undefined) return `process ${pid} (${nameOf(pid)})`;
  return programOf(process.pid) === undefined ? 'another process' : 'a process of another user';
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(true)));
  });
}

/**
 * proc_net_tcp(5): local address and port in hexadecimal, state 0A listening, inode of the socket
 * in the tenth column.
 */
function linuxHolder(port: number): number | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => lines(file))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => local.endsWith(`:${wanted}`) && state === '0A')
      .map((columns) => `socket:[${columns[9] ?? ''}]`),
  );
  return (attempt(() => readdirSync('/proc')) ?? [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => descriptors(pid).some((target) => inodes.has(target)));
}

const lines = (file: string): readonly string[] =>
  (attempt(() => readFileSync(file, 'latin1')) ?? '').split('\n').slice(1);

/**
 * Targets of the descriptors of a process. Descriptors of other users cannot be read, and some are
 * closed meanwhile.
 */
function descriptors(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return (attempt(() => readdirSync(folder)) ?? []).map(
    (name) => attempt(() => readlinkSync(`${folder}/${name}`)) ?? '',
  );
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function otherHolder(port: number): number | undefined {
  const { status, stdout } = spawnSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' });
  const pid = status === 0 ? Number(stdout.split('\n')[0]) : 0;
  return pid > 0 ? pid : undefined;
}

const nameOf = (pid: number): string => programOf(pid) ?? 'unknown';
