import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { serviceCommand } from './command.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What decides where a node lives; a service manager starts without the user's shell, so the unit carries it. */
const CARRIED = ['CARO_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'] as const;

/** The systemd user unit for the node of this environment (systemd.service(5), systemd.syntax(7)). */
export function systemdUnit(env: Env): string {
  const command = (words: readonly string[]): string => words.map(systemdWord).join(' ');
  return filled(
    'systemd/caro.service',
    command,
    (name, value) => `Environment=${systemdWord(`${name}=${value}`)}`,
    env,
  );
}

/** The launchd agent for the node of this environment (launchd.plist(5)). */
export function launchdAgent(env: Env): string {
  const command = (words: readonly string[]): string => words.map((word) => `    ${xmlString(word)}`).join('\n');
  const entry = (name: string, value: string): string => `    <key>${name}</key>\n    ${xmlString(value)}`;
  return filled('launchd/org.caro-mesh.caro.plist', command, entry, env);
}

function filled(
  template: string,
  command: (words: readonly string[]) => string,
  entry: (name: string, value: string) => string,
  env: Env,
): string {
  const carried = CARRIED.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [entry(name, value)];
  });
  return readFileSync(join(packageRoot(), 'config', template), 'utf8')
    .replace('@COMMAND@', () => command(serviceCommand()))
    .replace('@ENVIRONMENT@\n', () => carried.map((line) => `${line}\n`).join(''));
}

/** In double quotes `\` and `"` are special, `%` begins a specifier and `$` a variable. */
const systemdWord = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

const xmlString = (text: string): string =>
  `<string>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</string>`;
