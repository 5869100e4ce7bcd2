/* Loads the custom rules of a node. Imported only where there are any: RE2 and YAML are large. */
import type { RuleFolder, RulesReport } from '../../domain/rules/custom-rule.ts';
import { type CustomRuleOptions, CustomRuleSet } from './custom-rule-set.ts';
import { readRules, reportOf } from './rule-files.ts';

export interface LoadedRules {
  readonly version: string;
  readonly set: CustomRuleSet;
  readonly report: RulesReport;
}

/** @param pause called now and then, so that a service can answer meanwhile */
export async function loadRules(
  folder: RuleFolder,
  options: CustomRuleOptions,
  pause?: () => Promise<void>,
): Promise<LoadedRules> {
  const collection = await readRules(folder, pause);
  return {
    version: folder.version,
    set: new CustomRuleSet(collection.rules, options),
    report: reportOf(folder.folder, collection, options.system),
  };
}
