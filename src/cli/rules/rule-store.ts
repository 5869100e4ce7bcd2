/* Adds files to the rule folder and removes them. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { CustomRuleLine, RuleFile, RuleFolder } from '../../domain/rules/custom-rule.ts';
import { replacePrivately, syncDirectory, withOpenFile } from '../../platform/files/private-file.ts';
import { isUsable } from '../../risk/custom/custom-rule.ts';
import { lineOfRule, lineOfUnusable, readRuleFile, systemOf } from '../../risk/custom/rule-files.ts';
import { MAX_RULE_BYTES } from '../../risk/custom/yaml-values.ts';

/** What became of a file that was to be added. */
export interface AddedFile {
  readonly file: string;
  readonly result: 'added' | 'replaced' | 'unchanged' | 'refused';
  /** Why it was refused. */
  readonly reason: string | null;
  readonly rules: readonly CustomRuleLine[];
}

/** Reads a file that the user names. @throws CaroError `not_found`, `usage` */
export function readNamedFile(path: string): RuleFile {
  try {
    return withOpenFile(
      path,
      (descriptor, facts) => {
        if (!facts.isFile()) throw new CaroError('usage', `${path}: expected a regular file, got something else`);
        if (facts.size > MAX_RULE_BYTES)
          throw new CaroError('usage', `${path}: expected a rule of at most ${MAX_RULE_BYTES / 1024} KiB, got more`);
        return { name: basename(path), text: readFileSync(descriptor, 'utf8') };
      },
      { followLinks: true },
    );
  } catch (error) {
    if (error instanceof CaroError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CaroError('not_found', `${path}: expected a rule file, got ${code}; check the path`, { cause: error });
  }
}

/** Lines of a file's rules, those that cannot be used among them. */
export const linesOf = (file: RuleFile): readonly CustomRuleLine[] =>
  readRuleFile(file).map((rule) =>
    isUsable(rule) ? lineOfRule(rule, systemOf(process.platform)) : lineOfUnusable(rule),
  );

/**
 * Copies files whose rules can all be used. The others are reported and left alone.
 *
 * @param mayReplace whether a file of the same name and another content is overwritten
 * @throws CaroError `not_found`, `place_unusable`, `permissions_unsafe`
 */
export function addRuleFiles(folder: RuleFolder, paths: readonly string[], mayReplace: boolean): readonly AddedFile[] {
  const files = paths.map(readNamedFile);
  // A folder that is not read at all is its own entry.
  const fault = folder.refused.find(({ name }) => name === folder.folder);
  if (fault) throw new CaroError('permissions_unsafe', fault.reason);
  const owners = new Map(folder.files.flatMap((file) => linesOf(file).map(({ id }) => [id, file.name] as const)));
  // The service may never have run: folders above may be missing too.
  if (!existsSync(folder.folder)) makeDirectory(folder.folder);
  return files.map((file) => {
    const rules = linesOf(file);
    const before = folder.files.find(({ name }) => name === file.name);
    const reason = refusal(file, rules, owners, before !== undefined && before.text !== file.text && !mayReplace);
    if (reason !== null) return { file: file.name, result: 'refused', reason, rules };
    if (before?.text === file.text) return { file: file.name, result: 'unchanged', reason: null, rules };
    write(folder.folder, file);
    for (const { id } of rules) owners.set(id, file.name);
    return { file: file.name, result: before === undefined ? 'added' : 'replaced', reason: null, rules };
  });
}

function refusal(
  { name }: RuleFile,
  rules: readonly CustomRuleLine[],
  owners: ReadonlyMap<string | null, string>,
  isOther: boolean,
): string | null {
  if (!/^[^.].*\.ya?ml$/i.test(name)) return 'expected a file name that ends in .yml; rename it';
  const broken = rules.find(({ reason }) => reason !== null);
  if (broken) return broken.reason;
  const taken = rules.find(({ id }) => ![undefined, name].includes(owners.get(id)));
  if (taken) return `${owners.get(taken.id) ?? ''} has a rule of the same name; rename the file`;
  return isOther ? 'another file of this name is there; to overwrite it, add --replace' : null;
}

function write(folder: string, { name, text }: RuleFile): void {
  try {
    replacePrivately(join(folder, name), text);
  } catch (error) {
    throw unusable(join(folder, name), error);
  }
}

/**
 * Removes the file of a rule. Returns its name.
 * @param named a file of the folder, or the id of a rule
 * @throws CaroError `not_found`, `place_unusable`
 */
export function removeRuleFile(folder: RuleFolder, named: string): string {
  const known = [...folder.files.map(({ name }) => name), ...folder.refused.map(({ name }) => name)];
  const name =
    known.find((file) => file === named) ??
    folder.files.find((file) => linesOf(file).some(({ id }) => id === named))?.name;
  if (name === undefined)
    throw new CaroError('not_found', `expected a file or a rule of ${folder.folder}; see caro rules list`);
  const path = join(folder.folder, name);
  try {
    rmSync(path);
    syncDirectory(dirname(path));
  } catch (error) {
    throw unusable(path, error);
  }
  return name;
}

function unusable(path: string, error: unknown): CaroError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new CaroError('place_unusable', `${path}: expected to change it, got ${code}; check who owns the folder`, {
    cause: error,
  });
}
