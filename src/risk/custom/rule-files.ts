/* Files of Sigma rules as rules, or the reason why not. */
import type { CustomRuleLine, RuleFile, RuleFolder, RuleState, RulesReport } from '../../domain/rules/custom-rule.ts';
import { type CustomRule, isUsable, type RuleSystem, readRule, type UnusableRule } from './custom-rule.ts';
import { readYaml, YamlFault, type YamlValue } from './yaml-values.ts';

/** Rules of one node. More would make every command slow. */
export const MAX_RULES = 2_000;

/**
 * Part of a rule's id: the name of its file without folder and ending, in lower case. The second
 * rule of a file gets `-2`.
 */
function ruleName(file: string, index: number): string {
  const base = file.slice(file.lastIndexOf('/') + 1).replace(/\.ya?ml$/i, '');
  const name =
    base
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .slice(0, 100) || 'rule';
  return index === 0 ? name : `${name}-${index + 1}`;
}

/** The rules of one file. A file that is no YAML has one entry without a rule. */
export function readRuleFile({ name: file, text }: RuleFile): readonly (CustomRule | UnusableRule)[] {
  let documents: readonly YamlValue[];
  try {
    documents = readYaml(text);
  } catch (error) {
    if (error instanceof YamlFault) return [{ id: null, file, title: null, reason: error.message }];
    throw error;
  }
  const rules = documents.filter((document) => document !== null);
  if (rules.length === 0) return [{ id: null, file, title: null, reason: 'expected a Sigma rule, the file is empty' }];
  return rules.map((document, index) => readRule(document, file, ruleName(file, index)));
}

/** Rules of a folder in the order of their files. */
export interface RuleCollection {
  readonly rules: readonly CustomRule[];
  readonly unusable: readonly UnusableRule[];
}

/** Files read before others get a turn: some 10 ms. */
const PAUSE_AFTER = 5;

/**
 * Reads all files. `pause` is called now and then, so that a service can answer meanwhile. Of two
 * rules with one id, the first counts.
 */
export async function readRules(
  { files, refused }: Pick<RuleFolder, 'files' | 'refused'>,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<RuleCollection> {
  const rules = new Map<string, CustomRule>();
  const unusable: UnusableRule[] = refused.map(({ name, reason }) => ({ id: null, file: name, title: null, reason }));
  for (const [index, file] of files.entries()) {
    if (index > 0 && index % PAUSE_AFTER === 0) await pause();
    for (const rule of readRuleFile(file)) {
      const reason = isUsable(rule) ? notTaken(rule, rules) : null;
      if (!isUsable(rule)) unusable.push(rule);
      else if (reason === null) rules.set(rule.id, rule);
      else unusable.push({ id: rule.id, file: rule.file, title: rule.title, reason });
    }
  }
  return { rules: [...rules.values()], unusable };
}

function notTaken({ id }: CustomRule, taken: ReadonlyMap<string, CustomRule>): string | null {
  const other = taken.get(id);
  if (other) return `${other.file} has the same name; rename one of the two`;
  return taken.size >= MAX_RULES ? `expected at most ${MAX_RULES} rules, got more; remove some` : null;
}

export const lineOfRule = (rule: CustomRule, system: RuleSystem): CustomRuleLine => ({
  id: rule.id,
  file: rule.file,
  title: rule.title,
  level: rule.level,
  techniques: rule.techniques,
  state: rule.system === null || rule.system === system ? 'in-force' : 'other-system',
  reason: null,
  advice: rule.advice,
  notes: rule.notes,
});

export const lineOfUnusable = ({ id, file, title, reason }: UnusableRule): CustomRuleLine => ({
  id,
  file,
  title,
  level: null,
  techniques: [],
  reason,
  advice: null,
  notes: [],
  state: 'set-aside' satisfies RuleState,
});

/** What `caro rules list`, the page and `caro doctor` show; rules that are set aside come first. */
export const reportOf = (folder: string, { rules, unusable }: RuleCollection, system: RuleSystem): RulesReport => ({
  folder,
  rules: [...unusable.map(lineOfUnusable), ...rules.map((rule) => lineOfRule(rule, system))],
});

/** The system that Sigma calls this platform. Rules for Linux apply on other Unix systems too. */
export const systemOf = (platform: string): RuleSystem => (platform === 'darwin' ? 'macos' : 'linux');
