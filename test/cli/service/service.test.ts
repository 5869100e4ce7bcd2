import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callAdmin } from '../../../src/admin/client.ts';
import { lastLines, newLines } from '../../../src/cli/log-file.ts';
import { serviceCommand } from '../../../src/cli/service/command.ts';
import { launchdAgent, systemdUnit } from '../../../src/cli/service/unit.ts';
import { startService } from '../../rig/service.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

let cli: CommandLine;
beforeEach(async () => {
  cli = commandLine();
  await cli.run(['init', '--quiet']);
  writeFileSync(cli.places.config, '[dashboard]\nport = 0\n');
});
afterEach(async () => {
  await cli.run(['service', 'stop']);
  cli.remove();
});

describe('caro service, where no service manager is in charge', () => {
  test('starts in the background, answers, restarts and stops', async () => {
    const begun = await cli.run(['service', 'start']);
    expect(begun).toMatchObject({ code: 0, err: '' });
    expect(begun.out).toMatch(/^running as process \d+; dashboard: http:\/\/localhost:\d+\/\n$/);
    const first = await callAdmin(cli.places.socket, 'service.status', {});
    expect((await cli.run(['service', 'start'])).out).toBe(`Already running as process ${first.service.pid}.\n`);
    expect((await cli.run(['service', 'restart'])).code).toBe(0);
    const second = await callAdmin(cli.places.socket, 'service.status', {});
    expect(second.service.pid).not.toBe(first.service.pid);
    expect((await cli.run(['service', 'stop'])).out).toBe('stopped\n');
    expect(existsSync(cli.places.socket)).toBe(false);
    expect((await cli.run(['service', 'stop'])).out).toBe('Not running.\n');
  });

  test('goes on when the terminal that started it is gone and it has something to log', async () => {
    await cli.run(['service', 'start']);
    const { service } = await callAdmin(cli.places.socket, 'service.status', {});
    writeFileSync(cli.places.config, '[dashboard]\nprt = 0\n');
    for (let round = 0; round < 3; round += 1) expect((await cli.run(['reload'])).code).toBe(2);
    process.kill(service.pid, 'SIGHUP');
    expect((await callAdmin(cli.places.socket, 'service.status', {})).service.pid).toBe(service.pid);
  });

  test('ends when it is told to, although something keeps its event loop alive', async () => {
    const leak = join(cli.home, 'leak.cjs');
    writeFileSync(leak, 'setInterval(() => undefined, 60_000);');
    const service = await startService(cli.home, ['env', `NODE_OPTIONS=--require=${leak}`]);
    expect(await service.stop()).toBe(0);
  });

  test('that cannot start says why', async () => {
    writeFileSync(cli.places.config, '[dashboard]\nprt = 0\n');
    const { code, err } = await cli.run(['service', 'start']);
    expect(code).toBe(2);
    expect(err).toContain('HOME/config/caro.toml:2: dashboard.prt: expected one of the keys host, port');
  });
});

describe('the unit that install writes', () => {
  const env = { CARO_HOME: '/srv/50% "off"/$HOME\\', XDG_DATA_HOME: '' };

  test('for systemd carries the places of the node, with every special character escaped', () => {
    const unit = systemdUnit(env, '/home/ada');
    expect(unit).toContain('Environment="CARO_HOME=/srv/50%% \\"off\\"/$HOME\\\\"\n');
    expect(unit).toContain('ReadWritePaths="-/srv/50%% \\"off\\"/$HOME\\\\"\n');
    expect(unit).not.toContain('XDG_DATA_HOME');
    expect(unit).not.toContain('RuntimeDirectory');
    expect(unit).toMatch(/^ExecStart="\/bin\/sh" "\/[^"]+\/bin\/caro\.js" "service" "run"$/m);
    expect(unit).toContain(`Environment="CARO_NODE=${process.execPath}"\n`);
    expect(unit).not.toMatch(/@[A-Z]+@/);
  });

  test('for systemd lets it write its own places and nothing else', () => {
    const unit = systemdUnit({ XDG_CONFIG_HOME: '/cfg', XDG_STATE_HOME: 'relative' }, '/home/ada');
    expect(unit.split('\n').filter((line) => /^(ReadWritePaths|RuntimeDirectory)=/.test(line))).toEqual([
      'ReadWritePaths="-/cfg/caro"',
      'ReadWritePaths="-/home/ada/.local/share/caro"',
      'ReadWritePaths="-/home/ada/.local/state/caro"',
      'RuntimeDirectory=caro',
    ]);
  });

  const analyse = (unit: string, ...args: readonly string[]) => {
    const file = join(cli.home, 'caro.service');
    writeFileSync(file, unit);
    return spawnSync('systemd-analyze', ['--user', ...args, file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: cli.home },
    });
  };
  const unit = (): string => systemdUnit({ CARO_HOME: cli.home }, cli.home);
  const testWithSystemd = isThere('systemd-analyze') || process.env['CI'] === 'true' ? test : test.skip;

  testWithSystemd('for systemd is one that systemd understands', () => {
    const { status, stdout, stderr } = analyse(unit(), 'verify');
    // A machine without a running systemd has no bus, which some versions mention.
    const complaints = stderr.split('\n').filter((line) => !/^(Failed to connect to .*bus: .*)?$/.test(line));
    expect([status, stdout, complaints]).toEqual([0, '', []]);
    // The exit status is 0 even for a key that systemd does not know.
    const misspelled = analyse(unit().replace('NoNewPrivileges', 'NoNewPriviliges'), 'verify');
    expect(misspelled.stderr).toContain('NoNewPriviliges');
  });

  testWithSystemd('for systemd is hardened in what a service of a user can give up', () => {
    const found = JSON.parse(analyse(unit(), 'security', '--offline=true', '--json=short').stdout) as {
      set: boolean;
      name: string;
    }[];
    const closed = new Set(found.filter(({ set }) => set).map(({ name }) => name));
    expect([...closed]).toEqual(
      expect.arrayContaining([
        'NoNewPrivileges=',
        'ProtectSystem=',
        'PrivateUsers=',
        'ProtectControlGroups=',
        'LockPersonality=',
        'RestrictRealtime=',
        'RestrictSUIDSGID=',
        'SystemCallArchitectures=',
        'SystemCallFilter=~@privileged',
        'SystemCallFilter=~@debug',
        'RestrictAddressFamilies=~AF_PACKET',
        'RestrictNamespaces=~user',
        'UMask=',
      ]),
    );
  });

  test('for launchd is a property list with the same places', () => {
    const file = join(cli.home, 'agent.plist');
    writeFileSync(file, launchdAgent({ CARO_HOME: '/a & <b>' }));
    const read = 'import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],"rb"))))';
    const agent: unknown = JSON.parse(execFileSync('python3', ['-c', read, file], { encoding: 'utf8' }));
    expect(agent).toMatchObject({
      Label: 'org.caro-mesh.caro',
      ProgramArguments: [...serviceCommand()],
      EnvironmentVariables: { CARO_NODE: process.execPath, CARO_HOME: '/a & <b>' },
      RunAtLoad: true,
    });
  });

  (process.platform === 'linux' ? test : test.skip)('is not written where systemd is not installed', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = cli.places.data;
    try {
      const { code, err } = await cli.run(['service', 'install']);
      expect(code).toBe(1);
      expect(err).toContain('expected systemd to run services of this user, systemctl --user show-environment failed');
      expect(err).toContain('ENOENT');
      expect(err).toContain('start without it: caro service start');
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  test('is printed without touching anything', async () => {
    const { out, code } = await cli.run(['service', 'install', '--print'], { env: { XDG_CONFIG_HOME: cli.home } });
    expect(code).toBe(0);
    expect(out).toContain('ExecStart=');
    expect(existsSync(join(cli.home, 'systemd'))).toBe(false);
  });
});

describe('caro service logs', () => {
  const log = (): string => cli.places.log;
  beforeEach(() => {
    mkdirSync(cli.places.state, { recursive: true });
  });

  test('shows the last lines in words, and as they are with --json', async () => {
    const line = { level: 50, time: '2026-01-02T03:04:05.000Z', pid: 7, step: 'x\u001b[2J', msg: 'it broke' };
    writeFileSync(log(), `${JSON.stringify({ ...line, msg: 'older' })}\n${JSON.stringify(line)}\nno json\n`);
    const { out } = await cli.run(['service', 'logs', '--lines', '2']);
    expect(out).toMatch(/^2026-01-0\d \d\d:\d\d:05 {2}error {2}it broke {2}step="x\\u001b\[2J"\nno json\n$/);
    expect((await cli.run(['service', 'logs', '--lines', '2', '--json'])).out).toBe(
      `${JSON.stringify(line)}\nno json\n`,
    );
  });

  test('says so when there is nothing yet', async () => {
    rmSync(log(), { force: true });
    expect(await cli.run(['service', 'logs'])).toEqual({ code: 0, out: '', err: 'HOME/state/caro.log: nothing yet\n' });
  });

  test('reads the end of a long file, whole characters only', () => {
    writeFileSync(log(), Array.from({ length: 20_000 }, (_, index) => `${index} äöü€🙂\n`).join(''));
    const { lines } = lastLines(log(), 10_000);
    expect(lines).toHaveLength(10_000);
    expect(lines.every((line, index) => line === `${10_000 + index} äöü€🙂`)).toBe(true);
  });

  test('follows what is added, across a rotation', async () => {
    writeFileSync(log(), 'old\n');
    const stop = new AbortController();
    const { end } = lastLines(log(), 1);
    appendFileSync(log(), 'first\n');
    const next: Readonly<Record<string, () => void>> = {
      first: () => appendFileSync(log(), 'last before\n'),
      'last before': () => {
        renameSync(log(), `${log()}.1`);
        writeFileSync(log(), 'new\n');
      },
      new: () => stop.abort(),
    };
    const seen: string[] = [];
    for await (const line of newLines(log(), end, stop.signal)) {
      seen.push(line);
      next[line]?.();
    }
    expect(seen).toEqual(['first', 'last before', 'new']);
  });
});

function isThere(program: string): boolean {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`]).length > 0;
  } catch {
    return false;
  }
}
