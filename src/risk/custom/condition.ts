/*
 * The condition of a Sigma rule: a boolean expression over the names of its selections
 * (Sigma specification 2.0, "Condition"). Evaluated with three values, because a field may be
 * unknown.
 */

/** True, false, or unknown (null), as in SQL. */
export type Truth = boolean | null;

export type Condition =
  | { readonly kind: 'selection'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] };

/** Why a rule cannot be used. The text may quote the rule, never a command. */
export class RuleFault extends Error {
  override readonly name = 'RuleFault';
}

const MAX_LENGTH = 4_096;
const MAX_DEPTH = 50;
const TOKEN = /\s*([()]|[A-Za-z0-9_*?.-]+)/y;
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'of', 'them']);

/**
 * Parses a condition. `not` binds more strongly than `and`, `and` more than `or`.
 * @param names the selections of the rule, in order
 * @throws RuleFault
 */
export function parseCondition(text: string, names: readonly string[]): Condition {
  if (text.length > MAX_LENGTH)
    throw new RuleFault(`expected a condition of at most ${MAX_LENGTH} characters, got ${text.length}`);
  if (text.includes('|'))
    throw new RuleFault('the condition counts or correlates events ("|"), which needs more than one command');
  const reader = new Reader(tokens(text), names);
  const condition = reader.or(0);
  reader.end();
  return condition;
}

function tokens(text: string): readonly string[] {
  const found: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined)
      throw new RuleFault(`the condition has a character that Sigma does not know, at ${at + 1}`);
    found.push(token);
  }
  return found;
}

class Reader {
  #at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly names: readonly string[],
  ) {}

  or(depth: number): Condition {
    return this.#joined('or', () => this.#joined('and', () => this.#not(depth)));
  }

  end(): void {
    const rest = this.#peek();
    if (rest !== undefined) throw new RuleFault(`expected "and", "or" or the end of the condition, got "${rest}"`);
  }

  #joined(kind: 'and' | 'or', next: () => Condition): Condition {
    const of = [next()];
    while (this.#takes(kind)) of.push(next());
    const [first] = of;
    return first && of.length === 1 ? first : { kind, of };
  }

  #not(depth: number): Condition {
    if (depth > MAX_DEPTH)
      throw new RuleFault(`expected at most ${MAX_DEPTH} levels of nesting in the condition, got more`);
    if (this.#takes('not')) return { kind: 'not', of: this.#not(depth + 1) };
    if (this.#takes('(')) {
      const inner = this.or(depth + 1);
      if (!this.#takes(')')) throw new RuleFault('expected ")" in the condition, got none');
      return inner;
    }
    return this.#operand();
  }

  #operand(): Condition {
    const word = this.#peek();
    this.#at += 1;
    if (word === undefined) throw new RuleFault('expected the name of a selection, got the end of the condition');
    if (this.#peek()?.toLowerCase() === 'of') return this.#quantified(word.toLowerCase());
    if (word === ')' || KEYWORDS.has(word.toLowerCase()))
      throw new RuleFault(`expected the name of a selection, got "${word}"`);
    if (!this.names.includes(word)) throw new RuleFault(`the condition names "${word}", which is no selection`);
    return { kind: 'selection', name: word };
  }

  /** `1 of x*`, `any of x*`, `all of x*`, `… of them`. */
  #quantified(quantity: string): Condition {
    if (!['1', 'any', 'all'].includes(quantity))
      throw new RuleFault(`expected "1 of", "any of" or "all of" in the condition, got "${quantity} of"`);
    this.#at += 1;
    const pattern = this.#peek();
    this.#at += 1;
    if (pattern === undefined || pattern === '(' || pattern === ')')
      throw new RuleFault('expected a pattern of selections or "them" after "of" in the condition');
    const chosen = this.names.filter((name) => isNamed(name, pattern));
    if (chosen.length === 0) throw new RuleFault(`no selection has a name like "${pattern}"`);
    const of = chosen.map((name): Condition => ({ kind: 'selection', name }));
    return { kind: quantity === 'all' ? 'and' : 'or', of };
  }

  #peek(): string | undefined {
    return this.words[this.#at];
  }

  #takes(word: string): boolean {
    if (this.#peek()?.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }
}

/** `them` leaves out selections whose name begins with `_`. */
function isNamed(name: string, pattern: string): boolean {
  if (pattern.toLowerCase() === 'them') return !name.startsWith('_');
  let rest = name;
  const [first = '', ...others] = pattern.split('*');
  if (!rest.startsWith(first)) return false;
  if (others.length === 0) return rest === first;
  rest = rest.slice(first.length);
  const last = others.pop() ?? '';
  for (const part of others) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return rest.endsWith(last);
}

/** Whether something holds of a subject. */
export type Predicate<S> = (subject: S) => Truth;

/** A condition as a function, in three-valued logic as SQL has it. */
export function predicateOf<S>(condition: Condition, selection: (name: string) => Predicate<S>): Predicate<S> {
  switch (condition.kind) {
    case 'selection':
      return selection(condition.name);
    case 'not': {
      const inner = predicateOf(condition.of, selection);
      return (subject) => {
        const truth = inner(subject);
        return truth === null ? null : !truth;
      };
    }
    case 'and':
      return decided(
        condition.of.map((one) => predicateOf(one, selection)),
        false,
      );
    case 'or':
      return decided(
        condition.of.map((one) => predicateOf(one, selection)),
        true,
      );
  }
}

export const allOf = <S>(of: readonly Predicate<S>[]): Predicate<S> => decided(of, false);
export const anyOf = <S>(of: readonly Predicate<S>[]): Predicate<S> => decided(of, true);

/** `and` is decided by one false operand, `or` by one true operand. */
function decided<S>(of: readonly Predicate<S>[], decisive: boolean): Predicate<S> {
  const [first] = of;
  if (first && of.length === 1) return first;
  return (subject) => {
    let isUnknown = false;
    for (const operand of of) {
      const truth = operand(subject);
      if (truth === decisive) return decisive;
      isUnknown ||= truth === null;
    }
    return isUnknown ? null : !decisive;
  };
}
