import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RiskLevel } from '../../domain/events/risk-level.ts';
import type { HistoryScope } from '../../storage/events/command-history.ts';

export interface Choice {
  readonly words: string;
  readonly scope: HistoryScope;
}

/** Where commands were typed; only what is known of this shell. */
export function placeChoices(cwd: string, shellPid: number | undefined): readonly Choice[] {
  const root = projectOf(cwd);
  return [
    { words: 'everywhere', scope: {} },
    { words: 'this directory', scope: { directory: cwd } },
    ...(root === null ? [] : [{ words: 'this project', scope: { below: root } }]),
    ...(shellPid === undefined ? [] : [{ words: 'this shell', scope: { shellPid } }]),
  ];
}

export const OUTCOME_CHOICES: readonly Choice[] = [
  { words: '', scope: {} },
  { words: 'succeeded', scope: { outcome: 'ok' } },
  { words: 'failed', scope: { outcome: 'failed' } },
];

export const AUTHOR_CHOICES: readonly Choice[] = [
  { words: '', scope: {} },
  { words: 'typed by people', scope: { author: 'human' } },
  { words: 'run by agents', scope: { author: 'agents' } },
];

const riskChoice = (risk: RiskLevel): Choice => ({ words: `${risk} or worse`, scope: { risk } });
export const RISK_CHOICES: readonly Choice[] = [
  { words: '', scope: {} },
  riskChoice('moderate'),
  riskChoice('high'),
  { words: 'critical', scope: { risk: 'critical' } },
];

/** The root of the git work tree that a directory is in, or null. */
export function projectOf(directory: string): string | null {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return null;
  }
}
