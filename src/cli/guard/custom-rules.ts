/* A file of its own in `dist/`: RE2 and YAML are large, and few nodes have custom rules. */
import type { RuleFolder } from '../../domain/rules/custom-rule.ts';
import type { CustomRules } from '../../risk/assess.ts';
import { loadRules } from '../../risk/custom/load.ts';
import { ruleOptions } from '../rules/rule-options.ts';

export const customRules = async (folder: RuleFolder): Promise<CustomRules> =>
  (await loadRules(folder, await ruleOptions())).set;
