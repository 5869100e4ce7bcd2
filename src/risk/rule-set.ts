/** All rules, and an index to find those that may apply to a tool. Built on first use. */

import type { CommandLineRule, Rule, StepRule } from './rule.ts';
import { ACCOUNT_RULES } from './rules/accounts.ts';
import { CLUSTER_RULES } from './rules/cluster.ts';
import { CODE_RULES } from './rules/code.ts';
import { CONTAINER_RULES } from './rules/containers.ts';
import { CREDENTIAL_LINE_RULES, CREDENTIAL_RULES } from './rules/credentials.ts';
import { DATABASE_RULES } from './rules/databases.ts';
import { DEFENSE_RULES } from './rules/defenses.ts';
import { DELETION_RULES } from './rules/deletion.ts';
import { DISK_RULES } from './rules/disks.ts';
import { EVASION_LINE_RULES, EVASION_RULES } from './rules/evasion.ts';
import { EXPOSURE_RULES } from './rules/exposure.ts';
import { GIT_RULES } from './rules/git.ts';
import { HOSTING_RULES } from './rules/hosting.ts';
import { INFRASTRUCTURE_RULES } from './rules/infrastructure.ts';
import { KERNEL_RULES } from './rules/kernel.ts';
import { MACOS_RULES } from './rules/macos.ts';
import { PERMISSION_RULES } from './rules/permissions.ts';
import { PERSISTENCE_LINE_RULES, PERSISTENCE_RULES } from './rules/persistence.ts';
import { PRIVILEGE_RULES } from './rules/privilege.ts';
import { REMOTE_CODE_LINE_RULES, REMOTE_CODE_RULES } from './rules/remote-code.ts';
import { RESOURCE_LINE_RULES, RESOURCE_RULES } from './rules/resources.ts';
import { SERVICE_RULES } from './rules/services.ts';
import { SHELL_LINE_RULES, SHELL_RULES } from './rules/shells.ts';

export const STEP_RULES: readonly StepRule[] = [
  ...DELETION_RULES,
  ...DISK_RULES,
  ...PERMISSION_RULES,
  ...RESOURCE_RULES,
  ...REMOTE_CODE_RULES,
  ...SHELL_RULES,
  ...CREDENTIAL_RULES,
  ...PERSISTENCE_RULES,
  ...PRIVILEGE_RULES,
  ...EVASION_RULES,
  ...DEFENSE_RULES,
  ...KERNEL_RULES,
  ...EXPOSURE_RULES,
  ...CONTAINER_RULES,
  ...CLUSTER_RULES,
  ...INFRASTRUCTURE_RULES,
  ...HOSTING_RULES,
  ...DATABASE_RULES,
  ...SERVICE_RULES,
  ...GIT_RULES,
  ...ACCOUNT_RULES,
  ...MACOS_RULES,
  ...CODE_RULES,
];

export const COMMAND_LINE_RULES: readonly CommandLineRule[] = [
  ...RESOURCE_LINE_RULES,
  ...REMOTE_CODE_LINE_RULES,
  ...SHELL_LINE_RULES,
  ...CREDENTIAL_LINE_RULES,
  ...PERSISTENCE_LINE_RULES,
  ...EVASION_LINE_RULES,
];

/** All rules, for the reference and tests. */
export const RULES: readonly Rule[] = [...STEP_RULES, ...COMMAND_LINE_RULES];

let byTool: Map<string, StepRule[]> | null = null;
let general: readonly StepRule[] = [];

const build = (): Map<string, StepRule[]> => {
  const index = new Map<string, StepRule[]>();
  general = STEP_RULES.filter((rule) => rule.tools === '*');
  for (const rule of STEP_RULES) {
    if (rule.tools === '*') continue;
    for (const tool of rule.tools.split(' ')) {
      const rules = index.get(tool);
      if (rules) rules.push(rule);
      else index.set(tool, [rule]);
    }
  }
  return index;
};

/** Rules that name this tool, and rules for all tools. */
export const rulesFor = (
  tool: string,
): { readonly own: readonly StepRule[]; readonly general: readonly StepRule[] } => {
  byTool ??= build();
  return { own: byTool.get(tool) ?? [], general };
};
