/**
 * Two machines on one wire and nothing else: network namespaces joined by a veth pair, without a
 * default route.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { until } from '../until.ts';
import { whenCapturing } from './loopback-capture.ts';

export interface Wire {
  readonly machines: readonly [Machine, Machine];
  /** Takes down every packet of both machines, loopback included, from now on. */
  readonly capture: () => Promise<Capture>;
  readonly remove: () => void;
}

export interface Machine {
  readonly address: string;
  /** Put before a command and its arguments, this runs it inside. */
  readonly prefix: readonly string[];
  /** Runs ip(8) inside: `addr add 10.77.0.3/24 dev wire`. */
  readonly ip: (words: string) => void;
}

export interface Capture {
  /**
   * Ends it; resolves with one line a packet: protocol, and source and destination where there are
   * any.
   */
  readonly packets: () => Promise<readonly Packet[]>;
}

export interface Packet {
  /** As tshark names the layers, such as `eth:ethertype:ip:tcp`. */
  readonly layers: string;
  /** `address:port`, or an empty text for what is not TCP. */
  readonly from: string;
  readonly to: string;
}

/**
 * `describe`, or a named skip where wires cannot be laid or listened to. With CI=true that fails
 * the file instead.
 */
export function requireWire(): typeof describe | typeof describe.skip {
  try {
    layWire().remove();
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs root, iproute2 and tshark', { cause: error });
    return describe.skip;
  }
}

let laid = 0;

export function layWire(): Wire {
  laid += 1;
  const names = ['a', 'b'].map((side) => `caro-wire-${process.pid}-${laid}${side}`);
  const ip = (words: string): void => void execFileSync('ip', words.split(' '), { stdio: 'pipe' });
  const remove = (): void => {
    for (const name of names) execFileSync('ip', ['netns', 'del', name], { stdio: 'pipe' });
  };
  for (const name of names) ip(`netns add ${name}`);
  try {
    ip(`-n ${names[0]} link add wire type veth peer name wire netns ${names[1]}`);
    for (const [index, name] of names.entries()) {
      // No address of its own making: the kernel then says nothing by itself but ARP.
      ip(`-n ${name} link set wire addrgenmode none`);
      ip(`-n ${name} addr add 10.77.0.${index + 1}/24 dev wire`);
      ip(`-n ${name} link set lo up`);
      ip(`-n ${name} link set wire up`);
    }
  } catch (error) {
    remove();
    throw error;
  }
  const machine = (index: number): Machine => ({
    address: `10.77.0.${index + 1}`,
    prefix: ['nsenter', `--net=/run/netns/${names[index]}`],
    ip: (words) => ip(`-n ${names[index]} ${words}`),
  });
  const machines = [machine(0), machine(1)] as const;
  const listening: ChildProcess[] = [];
  return {
    machines,
    capture: () => capture(machines, listening),
    remove: () => {
      for (const child of listening) child.kill('SIGKILL');
      remove();
    },
  };
}

async function capture(machines: Wire['machines'], listening: ChildProcess[]): Promise<Capture> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-wire-'));
  const captures = await Promise.all(
    machines.map(({ prefix }, index) => listen(prefix, join(folder, `${index}.pcap`), listening)),
  );
  return {
    packets: async () => {
      const packets = await Promise.all(captures.map((end) => end()));
      rmSync(folder, { recursive: true });
      return packets.flat();
    },
  };
}

/** Resolves once packets are taken down. */
async function listen(
  [file = '', ...args]: readonly string[],
  into: string,
  listening: ChildProcess[],
): Promise<() => Promise<readonly Packet[]>> {
  const child = spawn(file, [...args, 'dumpcap', '-i', 'any', '-w', into], { stdio: ['ignore', 'ignore', 'pipe'] });
  listening.push(child);
  const ended = new Promise((done) => child.once('exit', done));
  await whenCapturing(child);
  return async () => {
    // What was sent before the mark is in the file when the mark is.
    execFileSync(file, [...args, process.execPath, '-e', SEND_MARK]);
    await until(
      () => Promise.resolve(readFileSync(into).includes(MARK)),
      (isThere) => isThere,
    );
    child.kill('SIGINT');
    await ended;
    return packetsIn(into);
  };
}

const MARK = 'end of this capture';
/** The discard port (RFC 863) of the machine itself. */
const MARK_PORT = 9;
const SEND_MARK = `require('node:dgram').createSocket('udp4').send('${MARK}', ${MARK_PORT}, '127.0.0.1', () => process.exit())`;

function packetsIn(file: string): readonly Packet[] {
  const fields = ['frame.protocols', 'ip.src', 'tcp.srcport', 'ip.dst', 'tcp.dstport'];
  const table = execFileSync(
    'tshark',
    ['-r', file, '-Y', `not udp.port == ${MARK_PORT}`, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [layers = '', source = '', sourcePort = '', target = '', targetPort = ''] = line.split('\t');
      const end = (address: string, port: string): string => (port === '' ? '' : `${address}:${port}`);
      return { layers, from: end(source, sourcePort), to: end(target, targetPort) };
    });
}
