/**
 * A machine without a network, but with an interface that counts what would have left it: a network
 * namespace of the test's own.
 */
import { type ExecFileOptions, execFile, execFileSync } from 'node:child_process';
import { describe } from '@jest/globals';

export interface Traffic {
  /** Packets of any kind, ARP included, handed to an interface other than loopback. */
  readonly outside: number;
  readonly loopback: number;
  /**
   * UDP datagrams over any interface: a question to a resolver on this very machine would be one.
   */
  readonly datagrams: number;
}

export interface NetworkNamespace {
  /** Put before a command and its arguments, this runs it inside. */
  readonly prefix: readonly string[];
  /** Runs a command inside to its end; rejects with its error text if it fails. */
  readonly run: (file: string, args: readonly string[], options?: ExecFileOptions) => Promise<string>;
  /** Since the namespace was made. */
  readonly sent: () => Traffic;
  /**
   * Addresses that something listens on, TCP and UDP, in the hexadecimal form of proc_net_tcp(5),
   * without port.
   */
  readonly listening: () => readonly string[];
  readonly remove: () => void;
}

/**
 * `describe`, or a named skip where namespaces cannot be made. With CI=true that fails the file
 * instead.
 */
export function requireNetworkNamespaces(): typeof describe | typeof describe.skip {
  try {
    openNetworkNamespace().remove();
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true')
      throw new Error('CI needs root and iproute2 to make network namespaces', { cause: error });
    return describe.skip;
  }
}

let made = 0;

/**
 * Loopback, and an interface with a default route behind which nobody is: whatever is sent anywhere
 * really leaves through it and is counted. The neighbour is given, so that a packet is counted as
 * itself; the interfaces have no IPv6 address, so that the kernel says nothing by itself.
 */
export function openNetworkNamespace(): NetworkNamespace {
  made += 1;
  const name = `caro-test-${process.pid}-${made}`;
  const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
  const inside = (words: string): void => ip('-n', name, ...words.split(' '));
  ip('netns', 'add', name);
  const remove = (): void => ip('netns', 'del', name);
  try {
    inside('link set lo up');
    inside('link add out type veth peer name far');
    for (const device of ['out', 'far']) inside(`link set ${device} addrgenmode none`);
    inside('addr add 192.0.2.1/24 dev out');
    for (const device of ['far', 'out']) inside(`link set ${device} up`);
    inside('neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out');
    inside('route add default via 192.0.2.2');
  } catch (error) {
    remove();
    throw error;
  }
  const prefix = ['nsenter', `--net=/run/netns/${name}`];
  const proc = (file: string): string =>
    execFileSync('nsenter', [...prefix.slice(1), 'cat', `/proc/net/${file}`], { encoding: 'utf8' });
  return {
    prefix,
    run: (file, args, options = {}) =>
      new Promise((done, failed) => {
        execFile(
          'nsenter',
          [...prefix.slice(1), file, ...args],
          { encoding: 'utf8', ...options },
          (error, out, text) =>
            error ? failed(new Error(`${file} failed: ${String(text)}`, { cause: error })) : done(String(out)),
        );
      }),
    sent: () => trafficOf(proc('dev'), proc('snmp'), proc('snmp6')),
    listening: () => ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((file) => listenersIn(proc(file))),
    remove,
  };
}

function trafficOf(dev: string, snmp: string, snmp6: string): Traffic {
  const packets = new Map<string, number>();
  for (const line of dev.split('\n').slice(2)) {
    const [device = '', counters = ''] = line.split(':');
    // proc_pid_net(5): eight columns of reception, then bytes and packets of transmission.
    if (counters !== '') packets.set(device.trim(), Number(counters.trim().split(/\s+/)[9]));
  }
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' '));
  const datagrams6 = /^Udp6OutDatagrams\s+(\d+)$/m.exec(snmp6)?.[1];
  return {
    outside: (packets.get('out') ?? Number.NaN) + (packets.get('far') ?? Number.NaN),
    loopback: packets.get('lo') ?? Number.NaN,
    datagrams: Number(values[names.indexOf('OutDatagrams')]) + Number(datagrams6),
  };
}

/** State 0A is a listening TCP socket, 07 an unconnected UDP one. */
const listenersIn = (table: string): readonly string[] =>
  table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' || columns[3] === '07')
    .map((columns) => (columns[1] ?? '').split(':')[0] ?? '');

/** 127.0.0.1 and ::1 as `listening` tells them. */
export const LOOPBACK = ['0100007F', '00000000000000000000000001000000'];
