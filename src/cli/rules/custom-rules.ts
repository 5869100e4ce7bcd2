/*
 * The custom rules as the command line reads them: from the folder, whether the service runs or
 * not.
 */
import { loadConfiguration } from '../../config/loader.ts';
import { readRuleFolder, ruleFolderOf } from '../../config/rule-folder.ts';
import { CaroError } from '../../domain/errors.ts';
import type { RuleFolder } from '../../domain/rules/custom-rule.ts';
import type { CustomRules } from '../../risk/assess.ts';
import type { LoadedRules } from '../../risk/custom/load.ts';
import type { Context } from '../context.ts';
import { ruleOptions } from './rule-options.ts';

/** The path of the rule folder. @throws CaroError `config_invalid` */
export function ruleFolderPath(context: Context): string {
  const places = context.places();
  return ruleFolderOf(loadConfiguration(places, context.hostname).configuration, places);
}

/** @throws CaroError `config_invalid` */
export const ruleFolder = (context: Context): RuleFolder => readRuleFolder(ruleFolderPath(context));

/** Null where there are none. */
export async function loadedRules(context: Context): Promise<LoadedRules | null> {
  const folder = ruleFolder(context);
  if (folder.version === '') return null;
  const { loadRules } = await import('../../risk/custom/load.ts');
  return loadRules(folder, await ruleOptions());
}

/**
 * The custom rules for `caro assess`, which also works without an installation. What keeps them
 * from being applied is one line on stderr.
 */
export async function customRules(context: Context): Promise<CustomRules | undefined> {
  try {
    return (await loadedRules(context))?.set;
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    context.stderr.write(`caro: the rules of your organization are not applied: ${error.message}\n`);
    return undefined;
  }
}
