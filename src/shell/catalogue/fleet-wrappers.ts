/** Programs that start a command on many machines. */
import type { WrapperSpec } from './wrapper-spec.ts';

const PSSH: WrapperSpec = {
  command: 'shell',
  short: 'hHlptoeOxX',
  long: ['hosts', 'host', 'user', 'par', 'timeout'],
  effect: 'remote',
};

/** Functions of Salt that run text. */
const SALT_RUN = [
  'cmd.run',
  'cmd.shell',
  'cmd.run_all',
  'cmd.run_stdout',
  'cmd.run_stderr',
  'cmd.run_bg',
  'cmd.exec_code',
];

export const FLEET_WRAPPERS: Readonly<Record<string, WrapperSpec>> = {
  pdsh: { command: 'shell', short: 'wxgltufRS', effect: 'remote' },
  pssh: PSSH,
  'parallel-ssh': PSSH,
  clush: { command: 'shell', short: 'wxgXlftubo', effect: 'remote' },
  salt: {
    command: 'shell',
    operands: 2,
    permutes: true,
    short: 'tbc',
    requires: { operand: 1, oneOf: SALT_RUN },
    effect: 'remote',
  },
  'salt-call': {
    command: 'shell',
    operands: 1,
    permutes: true,
    short: 'lcm',
    requires: { operand: 0, oneOf: SALT_RUN },
  },
  'salt-ssh': {
    command: 'shell',
    operands: 1,
    permutes: true,
    short: 'cl',
    long: ['user', 'passwd', 'priv', 'roster'],
    effect: 'remote',
  },
  mussh: { command: 'none', short: 'Hhcmlioptu', payload: ['-c'], effect: 'remote' },
  ansible: {
    command: 'none',
    permutes: true,
    short: 'aimukftcMeBPl',
    long: ['args', 'module-name', 'inventory', 'user', 'forks', 'limit', 'extra-vars', 'become-user'],
    payload: ['-a', '--args'],
    payloadWith: {
      options: ['-m', '--module-name'],
      oneOf: [
        'shell',
        'command',
        'raw',
        'script',
        'ansible.builtin.shell',
        'ansible.builtin.command',
        'ansible.builtin.raw',
      ],
    },
    effect: 'remote',
  },
  fab: { command: 'shell', short: 'cfHiptS', long: ['hosts', 'user', 'identity', 'collection'], effect: 'remote' },
  dsh: { command: 'shell', short: 'mgfrnF', long: ['machine', 'group', 'file', 'remoteshell'], effect: 'remote' },
};
