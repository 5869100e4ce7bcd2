/** What is known of a risk rule where only its id was counted. */
export interface RuleWords {
  readonly family: string;
  /** MITRE ATT&CK technique, where one fits. */
  readonly technique: string | null;
  /**
   * Canonical names of the only tools that the rule is about; absent or null where it may concern
   * any.
   */
  readonly tools?: readonly string[] | null;
}

/**
 * The closed words that may stand in an answer (FR-503). Handed to the functions that make and
 * check answers, so that they stay pure: the catalogue and the rules live elsewhere.
 */
export interface Vocabulary {
  readonly catalogueVersion: number;
  /** Tool families in the order of the catalogue, which only ever grows at its end. */
  readonly families: readonly string[];
  /** Families of risk rules, likewise. */
  readonly ruleFamilies: readonly string[];
  /** Rule id → what it stands for. */
  readonly rules: Readonly<Record<string, RuleWords>>;
  /** The canonical name of a tool or of one of its aliases; undefined outside the catalogue. */
  readonly canonicalTool: (name: string) => string | undefined;
  /** Whether a text is a pattern that the catalogue can give, e.g. `git push`. */
  readonly isPattern: (text: string) => boolean;
}
