import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What decides where a node lives; a service manager starts without the user's shell, so the unit carries it. */
const CARRIED = ['CARO_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'] as const;

/** The systemd user unit for the node of this environment (systemd.service(5), systemd.syntax(7)). */
export function systemdUnit(env: Env): string {
  return filled(
    'systemd/caro.service',
    systemdWord,
    (name, value) => `Environment=${systemdWord(`${name}=${value}`)}`,
    env,
  );
}

/** The launchd agent for the node of this environment (launchd.plist(5)). */
export function launchdAgent(env: Env): string {
  const entry = (name: string, value: string): string =>
    `    <key>${name}</key>\n    <string>${xmlText(value)}</string>`;
  return filled('launchd/org.caro-mesh.caro.plist', xmlText, entry, env);
}

function filled(
  template: string,
  word: (text: string) => string,
  entry: (name: string, value: string) => string,
  env: Env,
): string {
  const root = packageRoot();
  const carried = CARRIED.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [entry(name, value)];
  });
  return readFileSync(join(root, 'config', template), 'utf8')
    .replace('@NODE@', () => word(process.execPath))
    .replace('@CARO@', () => word(join(root, 'bin', 'caro.js')))
    .replace('@ENVIRONMENT@\n', () => carried.map((line) => `${line}\n`).join(''));
}

/** In double quotes `\` and `"` are special, `%` begins a specifier and `$` a variable. */
const systemdWord = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
