/** Programs that start a command on many machines. */
import type { WrapperSpec } from './wrapper-spec.ts';

const PSSH: WrapperSpec = {
  command: 'shell',
  short: 'hHlptoeOxX',
  long: ['hosts', 'host', 'user', 'par', 'timeout'],
  effect: 'remote',
};

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
    requires: { operand: 1, oneOf: ['cmd.run', 'cmd.shell', 'cmd.run_all', 'cmd.run_stdout'] },
    effect: 'remote',
  },
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
