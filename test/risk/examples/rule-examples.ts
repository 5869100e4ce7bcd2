/** Per rule: commands that it must find, and similar commands that it must not find. */
export type RuleExamples = Readonly<
  Record<string, { readonly fires: readonly string[]; readonly silent: readonly string[] }>
>;
