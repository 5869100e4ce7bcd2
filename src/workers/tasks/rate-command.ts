import type { RuleFolder } from '../../domain/rules/custom-rule.ts';
import type { LoadedRules } from '../../risk/custom/load.ts';
import type { Dialect } from '../../shell/model.ts';

export interface LongCommand {
  readonly command: string;
  readonly shell: Dialect;
  readonly cwd: string | null;
  readonly home: string;
  /** The custom rules, where there are any. */
  readonly custom?: { readonly folder: RuleFolder; readonly user: string | null; readonly platform: string };
}

let loaded: LoadedRules | undefined;

/** Rules that fail are left out, as in the service. */
async function customRules(custom: LongCommand['custom']) {
  if (!custom) return undefined;
  const { folder, user, platform } = custom;
  const [{ loadRules }, { systemOf }] = await Promise.all([
    import('../../risk/custom/load.ts'),
    import('../../risk/custom/rule-files.ts'),
  ]);
  if (loaded?.version !== folder.version)
    loaded = await loadRules(folder, { user, system: systemOf(platform) }).catch(() => undefined);
  return loaded?.set;
}

/**
 * Classifies and rates one command as the two actors do (FR-403, FR-404). Only the results leave
 * the thread. Grammar, catalogue and rules are loaded here, as other tasks do without them.
 */
export async function rateCommand({ command, shell, cwd, home, custom }: LongCommand) {
  const [{ analyse }, { familyOf }, { mainPattern }, { redact, redactedTools }, { assess }] = await Promise.all([
    import('../../shell/analyse.ts'),
    import('../../shell/catalogue/catalogue.ts'),
    import('../../shell/catalogue/main-pattern.ts'),
    import('../../shell/redact.ts'),
    import('../../risk/assess.ts'),
  ]);
  const analysis = analyse(command, shell);
  const redacted = redact(command, analysis);
  const pattern = mainPattern(analysis);
  const { level, findings } = assess(analysis, { home, ...(cwd === null ? {} : { cwd }) }, await customRules(custom));
  const rules: readonly string[] = findings.map(({ rule }) => rule);
  return {
    classification: {
      text: redacted.text,
      redacted: redacted.kinds.length > 0,
      tools: redactedTools(analysis, redacted),
      category: familyOf(pattern.tool) as string,
      pattern,
    },
    rating: { level, rules },
  };
}
