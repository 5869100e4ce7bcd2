import { readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { GUARD_ACTIONS, GUARD_DEFAULTS, GUARD_FAILURES, type GuardSettings } from '../domain/guard/guard.ts';
import type { RuleFolder } from '../domain/rules/custom-rule.ts';
import { writePrivately } from '../platform/files/private-file.ts';
import type { Places } from './places.ts';
import { readRuleFolder } from './rule-folder.ts';

export interface OwnersSettings {
  readonly settings: GuardSettings;
  readonly rules: RuleFolder | null;
  /** Whether the owner names a rule folder, so that no line may run without being rated. */
  readonly everyLine: boolean;
  /** What keeps settings or rules of the owner from being applied; null if nothing does. */
  readonly trouble: string | null;
}

type SettingsPlaces = Pick<Places, 'config' | 'managed' | 'rules'>;
/** What is read of the configuration: few keys, so that they can be kept. */
interface Excerpt {
  readonly settings: GuardSettings;
  /** Path of the rule folder. */
  readonly folder: string;
}

/**
 * What `caro.toml`, `managed.toml` and the rule folder say now, whether the service runs or not.
 * Never throws.
 *
 * @param cacheFolder where the answer may be kept until one of the files changes; null for nowhere
 */
export async function ownersSettings(places: SettingsPlaces, cacheFolder: string | null): Promise<OwnersSettings> {
  try {
    const version = `${versionOf(places.config)}|${versionOf(places.managed)}|${places.rules}`;
    const file = cacheFolder === null ? null : join(cacheFolder, 'guard.settings');
    const known = file === null ? null : keptIn(file, version);
    const excerpt = known ?? (await excerptOf(places));
    if (file !== null && known === null) keep(file, version, excerpt);
    const rules = readRuleFolder(excerpt.folder);
    const everyLine = excerpt.folder !== places.rules;
    return { settings: excerpt.settings, rules: rules.version === '' ? null : rules, everyLine, trouble: null };
  } catch {
    const settings = GUARD_DEFAULTS;
    return { settings, rules: null, everyLine: false, trouble: 'caro.toml is not valid; see: caro config check' };
  }
}

async function excerptOf(places: SettingsPlaces): Promise<Excerpt> {
  const [{ loadConfiguration }, { ruleFolderOf }] = await Promise.all([
    import('./loader.ts'),
    import('./rule-folder.ts'),
  ]);
  const { configuration } = loadConfiguration(places, hostname());
  return { settings: configuration.guard, folder: ruleFolderOf(configuration, places) };
}

/** Changes with the file, which editors and this program replace or rewrite. */
function versionOf(file: string): string {
  const facts = statSync(file, { throwIfNoEntry: false, bigint: true });
  return facts === undefined ? '-' : [facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(' ');
}

function keptIn(file: string, version: string): Excerpt | null {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: unknown } & Partial<Excerpt>;
    const { settings, folder } = kept;
    if (kept.version !== version || typeof folder !== 'string' || settings === undefined) return null;
    const isWhole =
      GUARD_ACTIONS.includes(settings.high) &&
      GUARD_ACTIONS.includes(settings.critical) &&
      GUARD_FAILURES.includes(settings.on_failure);
    return isWhole ? { settings, folder } : null;
  } catch {
    return null;
  }
}

function keep(file: string, version: string, excerpt: Excerpt): void {
  try {
    rmSync(file, { force: true });
    writePrivately(file, JSON.stringify({ version, ...excerpt }));
  } catch {
    // Read again next time.
  }
}
