/**
 * Programs whose subcommands start others: containers, clusters, project runners. Options are from
 * the tools' manuals.
 */
import type { SubcommandSpec, WrapperSpec } from './wrapper-spec.ts';

const DOCKER_RUN_LONG = [
  'add-host',
  'annotation',
  'attach',
  'blkio-weight',
  'blkio-weight-device',
  'cap-add',
  'cap-drop',
  'cgroup-parent',
  'cgroupns',
  'cidfile',
  'cpu-period',
  'cpu-quota',
  'cpu-shares',
  'cpus',
  'cpuset-cpus',
  'cpuset-mems',
  'detach-keys',
  'device',
  'device-cgroup-rule',
  'dns',
  'dns-option',
  'dns-search',
  'domainname',
  'entrypoint',
  'env',
  'env-file',
  'expose',
  'gpus',
  'group-add',
  'health-cmd',
  'health-interval',
  'hostname',
  'ip',
  'ip6',
  'ipc',
  'isolation',
  'kernel-memory',
  'label',
  'label-file',
  'link',
  'log-driver',
  'log-opt',
  'mac-address',
  'memory',
  'memory-reservation',
  'memory-swap',
  'mount',
  'name',
  'net',
  'network',
  'network-alias',
  'oom-score-adj',
  'pid',
  'pids-limit',
  'platform',
  'publish',
  'pull',
  'restart',
  'runtime',
  'security-opt',
  'shm-size',
  'stop-signal',
  'stop-timeout',
  'storage-opt',
  'sysctl',
  'tmpfs',
  'ulimit',
  'user',
  'userns',
  'uts',
  'volume',
  'volume-driver',
  'volumes-from',
  'workdir',
];
const CONTAINER_RUN: WrapperSpec = {
  command: 'words',
  operands: 1,
  short: 'acehlmpuvw',
  long: DOCKER_RUN_LONG,
  program: ['--entrypoint'],
  effect: 'contained',
};
const CONTAINER_EXEC: WrapperSpec = {
  command: 'words',
  operands: 1,
  short: 'euw',
  long: ['detach-keys', 'env', 'env-file', 'user', 'workdir'],
  effect: 'contained',
};
const COMPOSE_EXEC: WrapperSpec = { ...CONTAINER_EXEC, long: ['env', 'user', 'workdir', 'index'] };
const COMPOSE_RUN: WrapperSpec = {
  ...COMPOSE_EXEC,
  short: 'elpuvw',
  long: ['env', 'user', 'workdir', 'name', 'volume', 'publish'],
};
const DOCKER: SubcommandSpec = {
  global: {
    short: 'cHlf',
    long: ['context', 'host', 'log-level', 'config', 'connection', 'url', 'namespace', 'address', 'root', 'runroot'],
  },
  commands: {
    run: CONTAINER_RUN,
    create: CONTAINER_RUN,
    exec: CONTAINER_EXEC,
    'container run': CONTAINER_RUN,
    'container create': CONTAINER_RUN,
    'container exec': CONTAINER_EXEC,
    'compose exec': COMPOSE_EXEC,
    'compose run': COMPOSE_RUN,
    unshare: { command: 'words' },
  },
};
const COMPOSE: SubcommandSpec = {
  global: { short: 'fpcH', long: ['file', 'project-name', 'profile', 'env-file', 'project-directory'] },
  commands: { exec: COMPOSE_EXEC, run: COMPOSE_RUN },
};
const KUBECTL_EXEC: WrapperSpec = {
  command: 'words',
  operands: 1,
  permutes: true,
  short: 'cfns',
  long: ['container', 'filename', 'namespace', 'context', 'cluster', 'kubeconfig', 'pod-running-timeout', 'user'],
  effect: 'remote-contained',
};
/** As oc(1) has it beside those of kubectl(1). */
const OC_RSH: WrapperSpec = { ...KUBECTL_EXEC, shellByDefault: true };
const KUBECTL: SubcommandSpec = {
  global: {
    short: 'nsv',
    long: [
      'namespace',
      'context',
      'cluster',
      'user',
      'kubeconfig',
      'as',
      'as-group',
      'server',
      'token',
      'request-timeout',
    ],
  },
  commands: {
    exec: KUBECTL_EXEC,
    run: {
      command: 'words',
      operands: 1,
      permutes: true,
      short: 'nl',
      long: ['image', 'namespace', 'context', 'restart', 'env', 'labels', 'overrides', 'port', 'image-pull-policy'],
      effect: 'remote-contained',
    },
    debug: {
      command: 'words',
      operands: 1,
      permutes: true,
      short: 'cn',
      long: ['image', 'namespace', 'context', 'target', 'container', 'profile', 'copy-to'],
      effect: 'remote-contained',
    },
  },
};
const LXC: SubcommandSpec = {
  commands: {
    exec: {
      command: 'words',
      operands: 1,
      permutes: true,
      long: ['env', 'user', 'group', 'cwd', 'mode'],
      effect: 'contained',
    },
  },
};
const APPTAINER: SubcommandSpec = {
  commands: {
    exec: { command: 'words', operands: 1, short: 'BHSWc', long: ['bind', 'home', 'env', 'pwd'], effect: 'contained' },
  },
};
/** Other programs that start the words after an instance's name in a container or machine. */
const INSTANCE: WrapperSpec = { command: 'words', operands: 1, permutes: true, effect: 'contained' };
/** `minikube ssh 'text'`, `docker-machine ssh name 'text'` */
const MACHINE_SSH: WrapperSpec = {
  command: 'shell',
  permutes: true,
  short: 'npl',
  long: ['node', 'profile'],
  effect: 'remote',
};
const FLY_CONSOLE: WrapperSpec = {
  command: 'none',
  permutes: true,
  short: 'Ca',
  payload: ['-C', '--command'],
  effect: 'remote',
};
const FLATPAK_RUN: WrapperSpec = {
  command: 'words',
  operands: 1,
  program: ['--command'],
  long: ['command', 'branch', 'arch', 'cwd'],
  effect: 'contained',
};
/** The Android Debug Bridge. It joins the words, but `su -c 'text'` is meant as written. */
const ADB_SHELL: WrapperSpec = { command: 'either', short: 'e', effect: 'remote-contained' };
const payloadOption = (...names: readonly string[]): WrapperSpec => ({
  command: 'none',
  permutes: true,
  short: names.map((name) => (name.startsWith('--') ? '' : name.slice(1))).join(''),
  long: names.filter((name) => name.startsWith('--')).map((name) => name.slice(2)),
  payload: names,
  effect: 'remote',
});
const AZ_SCRIPTS: WrapperSpec = { ...payloadOption('--scripts'), several: ['--scripts'] };
const runner = (...names: readonly string[]): SubcommandSpec => ({
  commands: Object.fromEntries(
    names.map((name) => [name, { command: 'words', short: 'nCpE', long: ['name', 'prefix'] }]),
  ),
});
const TMUX_KEYS: WrapperSpec = { command: 'shell', short: 'tN', typed: true };
const TMUX_WINDOW: WrapperSpec = { command: 'either', short: 'censtxyFlp' };
const TMUX_CONDITION: WrapperSpec = { command: 'shell', short: 't' };

export const SUBCOMMANDS: Readonly<Record<string, SubcommandSpec>> = {
  docker: DOCKER,
  podman: DOCKER,
  nerdctl: DOCKER,
  'docker-compose': COMPOSE,
  'podman-compose': COMPOSE,
  kubectl: KUBECTL,
  oc: { ...KUBECTL, commands: { ...KUBECTL.commands, rsh: OC_RSH } },
  k3s: { commands: { 'kubectl exec': KUBECTL_EXEC } },
  lxc: LXC,
  incus: LXC,
  apptainer: APPTAINER,
  singularity: APPTAINER,
  knife: {
    commands: {
      ssh: { command: 'shell', operands: 1, permutes: true, short: 'aACGimpPx', effect: 'remote' },
    },
  },
  multipass: { commands: { exec: { command: 'words', operands: 1, permutes: true, effect: 'contained' } } },
  distrobox: {
    commands: { enter: { command: 'words', operands: 1, permutes: true, short: 'na', effect: 'contained' } },
  },
  toolbox: {
    commands: {
      run: { command: 'words', short: 'cdr', long: ['container', 'distro', 'release'], effect: 'contained' },
    },
  },
  vagrant: {
    commands: {
      ssh: {
        command: 'none',
        permutes: true,
        short: 'c',
        long: ['command'],
        payload: ['-c', '--command'],
        effect: 'contained',
      },
    },
  },
  machinectl: { commands: { shell: { command: 'words', operands: 1, effect: 'contained', shellByDefault: true } } },
  gcloud: {
    commands: {
      'compute ssh': {
        command: 'none',
        permutes: true,
        long: ['command', 'zone', 'project', 'ssh-flag'],
        payload: ['--command'],
        effect: 'remote',
      },
    },
  },
  flyctl: { commands: { 'ssh console': FLY_CONSOLE } },
  fly: { commands: { 'ssh console': FLY_CONSOLE } },
  heroku: { commands: { run: { command: 'shell', permutes: true, short: 'a', long: ['app'], effect: 'remote' } } },
  adb: { global: { short: 'sHPtL' }, commands: { shell: ADB_SHELL, 'exec-out': ADB_SHELL } },
  az: {
    commands: {
      'vm run-command invoke': AZ_SCRIPTS,
      'vmss run-command invoke': AZ_SCRIPTS,
      'vm run-command create': { ...AZ_SCRIPTS, ...payloadOption('--script') },
      'container exec': payloadOption('--exec-command'),
      'containerapp exec': payloadOption('--command'),
      'aks command invoke': payloadOption('--command', '-c'),
      'ssh vm': { command: 'words', short: 'ngi', long: ['name', 'resource-group', 'ip'], effect: 'remote' },
    },
  },
  aws: { commands: { 'ecs execute-command': payloadOption('--command') } },
  eb: { commands: { ssh: payloadOption('-c', '--command') } },
  nomad: {
    commands: {
      'alloc exec': { ...INSTANCE, long: ['task', 'job'], singleDash: true },
      exec: { ...INSTANCE, long: ['task', 'job'], singleDash: true },
    },
  },
  flatpak: { commands: { run: FLATPAK_RUN } },
  pct: { commands: { exec: INSTANCE } },
  qm: { commands: { 'guest exec': { ...INSTANCE, long: ['timeout', 'synchronous', 'pass-stdin'] } } },
  limactl: { commands: { shell: { ...INSTANCE, long: ['workdir', 'shell'] } } },
  colima: { commands: { ssh: { command: 'words', short: 'p', long: ['profile'], effect: 'contained' } } },
  minikube: { commands: { ssh: MACHINE_SSH } },
  'docker-machine': { commands: { ssh: { ...MACHINE_SSH, operands: 1 } } },
  mco: { commands: { 'shell run': { command: 'shell', short: 'IFCW', effect: 'remote' } } },
  bolt: {
    commands: { 'command run': { command: 'either', short: 'tnu', long: ['targets', 'user'], effect: 'remote' } },
  },
  screen: {
    global: { short: 'SceEhpstT' },
    commands: { stuff: { command: 'shell', typed: true }, exec: { command: 'words' } },
  },
  tmux: {
    global: { short: 'cfLST' },
    commands: {
      new: TMUX_WINDOW,
      'new-session': TMUX_WINDOW,
      neww: TMUX_WINDOW,
      'new-window': TMUX_WINDOW,
      splitw: TMUX_WINDOW,
      'split-window': TMUX_WINDOW,
      'respawn-pane': TMUX_WINDOW,
      'respawn-window': TMUX_WINDOW,
      run: TMUX_WINDOW,
      'run-shell': TMUX_WINDOW,
      if: TMUX_CONDITION,
      'if-shell': TMUX_CONDITION,
      'send-keys': TMUX_KEYS,
      send: TMUX_KEYS,
    },
  },
  git: {
    global: { short: 'Cc', long: ['git-dir', 'work-tree', 'namespace', 'exec-path', 'super-prefix', 'config-env'] },
    commands: {
      'bisect run': { command: 'words' },
      'submodule foreach': { command: 'either' },
      rebase: {
        command: 'none',
        permutes: true,
        short: 'xsX',
        payload: ['-x', '--exec'],
        long: ['exec', 'onto', 'strategy'],
      },
      'filter-branch': {
        command: 'none',
        payload: ['--tree-filter', '--index-filter', '--msg-filter', '--commit-filter', '--env-filter', '--setup'],
        long: ['tree-filter', 'index-filter', 'msg-filter', 'commit-filter', 'env-filter', 'setup'],
      },
    },
  },
  npm: {
    commands: {
      exec: { command: 'words', short: 'cpw', long: ['call', 'package', 'workspace'], payload: ['-c', '--call'] },
    },
  },
  pnpm: runner('exec', 'dlx'),
  yarn: runner('exec', 'dlx'),
  bundle: runner('exec'),
  poetry: runner('run'),
  pipenv: runner('run'),
  uv: {
    commands: {
      run: { command: 'words', short: 'pw', long: ['python', 'with', 'extra', 'group', 'project', 'directory'] },
    },
  },
  conda: runner('run'),
  mamba: runner('run'),
  micromamba: runner('run'),
  mise: { commands: { exec: { command: 'words', permutes: true }, x: { command: 'words', permutes: true } } },
  asdf: runner('exec'),
  rbenv: runner('exec'),
  pyenv: runner('exec'),
  nodenv: runner('exec'),
  direnv: { commands: { exec: { command: 'words', operands: 1 } } },
  'aws-vault': {
    commands: { exec: { command: 'words', operands: 1, permutes: true, short: 'dn', long: ['duration', 'region'] } },
  },
  op: { commands: { run: { command: 'words', long: ['env-file', 'account'] } } },
  doppler: {
    commands: {
      run: { command: 'words', short: 'pc', long: ['project', 'config', 'command'], payload: ['--command'] },
    },
  },
  perf: {
    commands: {
      stat: { command: 'words', short: 'eporCxG', long: ['event', 'output', 'repeat', 'pid'] },
      record: { command: 'words', short: 'eopFcC', long: ['event', 'output', 'pid', 'call-graph'] },
      trace: { command: 'words', short: 'eop' },
    },
  },
};
