import { userInfo } from 'node:os';
import type { CustomRuleOptions } from '../../risk/custom/custom-rule-set.ts';

export async function ruleOptions(): Promise<CustomRuleOptions> {
  const { systemOf } = await import('../../risk/custom/rule-files.ts');
  return { system: systemOf(process.platform), user: loginName() };
}

function loginName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
