/**
 * Per rule: commands on which it must speak up, and commands of the same kind on which it must not.
 */
export type RuleExamples = Readonly<
  Record<string, { readonly fires: readonly string[]; readonly silent: readonly string[] }>
>;
