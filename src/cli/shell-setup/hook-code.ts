import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { PLAIN_LINE } from '../../domain/guard/plain-lines.ts';
import { packageRoot } from '../package-root.ts';
import { alwaysQuoted } from './shell-quote.ts';

/**
 * What a shell evaluates to be observed: one line with the path of the spool, then the hook from
 * `hooks/`. For sh, a line with the path of `hooks/` is added: bash and zsh that run as sh read
 * their own hooks from there (docs/hooks.md).
 */
export function hookCode(shell: ShellKind, spool: string): string {
  const hooks = join(packageRoot(), 'hooks');
  const place = alwaysQuoted(shell, spool);
  const lines = [shell === 'fish' ? `set -g _caro_d ${place}` : `_caro_d=${place}`];
  if (shell === 'sh') lines.push(`_caro_hooks=${alwaysQuoted(shell, hooks)}`);
  const text = readFileSync(join(hooks, `caro.${shell}`), 'utf8');
  return [...lines, shell === 'zsh' ? sheltered(text) : text].join('\n');
}

/** The program that coding agents start (docs/agents.md). */
export function agentHookCode(spool: string): string {
  return `_caro_d=${alwaysQuoted('sh', spool)}\n${readFileSync(join(packageRoot(), 'hooks', 'caro-agent.sh'), 'utf8')}`;
}

/**
 * What binds Ctrl-R to `caro search`.
 * @throws CaroError `usage` for a shell that cannot bind keys
 */
export function searchCode(shell: ShellKind): string {
  if (shell === 'sh') throw new CaroError('usage', 'expected bash, zsh or fish for --ctrl-r, got sh');
  const program = alwaysQuoted(shell, join(packageRoot(), 'bin', 'caro.js'));
  const line = shell === 'fish' ? `set -g _caro_program ${program}` : `_caro_program=${program}`;
  return `\n${line}\n${readFileSync(join(packageRoot(), 'hooks', `search.${shell}`), 'utf8')}`;
}

/** What lets Enter rate a line before it runs; empty for a shell that cannot bind keys. */
export function guardCode(shell: ShellKind, { rules, socket }: Pick<Places, 'rules' | 'socket'>): string {
  if (shell === 'sh') return '';
  const values = {
    _caro_program: join(packageRoot(), 'bin', 'caro.js'),
    _caro_plain: PLAIN_LINE,
    _caro_rules: rules,
    _caro_socket: socket,
    _caro_ask: join(packageRoot(), 'hooks', 'guard-ask.pl'),
  };
  const lines = Object.entries(values).map(([name, value]) => {
    const word = alwaysQuoted(shell, value);
    return shell === 'fish' ? `set -g ${name} ${word}` : `${name}=${word}`;
  });
  return `\n${lines.join('\n')}\n${readFileSync(join(packageRoot(), 'hooks', `guard.${shell}`), 'utf8')}`;
}

/**
 * The hook of zsh, which reads the words of a text with the aliases and options of the user. Quoted
 * words have no aliases, and every option leaves `$'…'` of one line as it is.
 */
function sheltered(text: string): string {
  const lines = text.split('\n').map((line) => `$'${line.replace(/[\\']/g, '\\$&')}\\n'\\\n`);
  const options = ['no_aliases', 'no_debug_before_cmd', 'local_traps', 'no_force_float'];
  return `'emulate' 'zsh' ${options.map((option) => `'-o' '${option}' `).join('')}'-c' \\\n${lines.join('')}''\n'eval' "\${_caro_gate-}"\n`;
}
