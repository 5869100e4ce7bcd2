/** Facts about a risk rule, of which only the id is counted. */
export interface RuleWords {
  readonly family: string;
  /** MITRE ATT&CK technique, where one fits. */
  readonly technique: string | null;
  /** Canonical names of the only tools that the rule can match; absent or null: any tool. */
  readonly tools?: readonly string[] | null;
}

/**
 * The closed words that an answer may contain (FR-503). An argument of the functions that make and
 * check answers, because `src/domain` may not import the catalogue and the rules.
 */
export interface Vocabulary {
  readonly catalogueVersion: number;
  /** Tool families in the order of the catalogue, which only ever grows at its end. */
  readonly families: readonly string[];
  /** Families of risk rules, in an order that only ever grows at its end. */
  readonly ruleFamilies: readonly string[];
  /** Rule id → its facts. */
  readonly rules: Readonly<Record<string, RuleWords>>;
  /** The canonical name of a tool or of an alias; undefined outside the catalogue. */
  readonly canonicalTool: (name: string) => string | undefined;
  /** Whether a text is a pattern of the catalogue, e.g. `git push`. */
  readonly isPattern: (text: string) => boolean;
}

/** What counting by family and rule needs of it. */
export type CountedWords = Pick<Vocabulary, 'families' | 'rules'>;
