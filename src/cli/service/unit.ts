import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placesFrom } from '../../config/places.ts';
import { plainPath } from '../../config/plain-path.ts';
import { packageRoot } from '../package-root.ts';
import { serviceCommand, serviceEnvironment } from './command.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Variables that determine the places of a node. A service manager starts without the user's shell,
 * so the unit sets them.
 */
const CARRIED = ['CARO_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'] as const;

/**
 * The systemd user unit for the node of this environment (systemd.service(5), systemd.exec(5),
 * systemd.syntax(7)).
 */
export function systemdUnit(env: Env, home: string): string {
  const command = serviceCommand().map((word) => systemdWord(word).replaceAll('$', '$$$$'));
  return filled('systemd/caro.service', {
    COMMAND: command.join(' '),
    ENVIRONMENT: [
      ...serviceEnvironment(),
      ...carried(env),
      // SQLite's temporary files go to the data directory, because the unit forbids other paths.
      ['SQLITE_TMPDIR', placesFrom(env, home).data] as const,
    ].map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`),
    WRITABLE: writable(env, home),
  });
}

/** Everything that the service writes. With `-` it starts even if one is missing, and reports that
 * itself. */
function writable(env: Env, home: string): readonly string[] {
  const { config, data, state } = placesFrom(env, home);
  const own = carried(env).find(([name]) => name === 'CARO_HOME')?.[1];
  const folders = own === undefined ? [dirname(config), data, state] : [own];
  return [
    ...folders.map((folder) => `ReadWritePaths=${systemdWord(`-${folder}`)}`),
    ...(own === undefined
      ? ['RuntimeDirectory=caro', 'RuntimeDirectoryMode=0700', 'RuntimeDirectoryPreserve=yes']
      : []),
  ];
}

/** The launchd agent for the node of this environment (launchd.plist(5)). */
export function launchdAgent(env: Env): string {
  return filled('launchd/org.caro-mesh.caro.plist', {
    COMMAND: serviceCommand().map((word) => `    ${xmlString(word)}`),
    ENVIRONMENT: [...serviceEnvironment(), ...carried(env)].map(
      ([name, value]) => `    <key>${name}</key>\n    ${xmlString(value)}`,
    ),
  });
}

const carried = (env: Env): readonly (readonly [name: string, value: string])[] =>
  CARRIED.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });

/** A list replaces a whole line; an empty one removes the line. */
function filled(template: string, values: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(values).reduce(
    (text, [name, value]) =>
      typeof value === 'string'
        ? text.replace(`@${name}@`, () => value)
        : text.replace(`@${name}@\n`, () => value.map((line) => `${line}\n`).join('')),
    readFileSync(join(packageRoot(), 'config', template), 'utf8'),
  );
}

const plain = (text: string): string => plainPath('the service unit', text);

/** In double quotes `\` and `"` are special, and `%` begins a specifier. */
const systemdWord = (text: string): string => `"${plain(text).replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`;

const xmlString = (text: string): string =>
  `<string>${plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</string>`;
