/* Applies the custom rules of a node to the programs of a command line. */
import { ORGANISATION } from '../../domain/rules/custom-rule.ts';
import type { Finding } from '../assess.ts';
import type { Step } from '../step.ts';
import { Budget, OverBudget } from './budget.ts';
import { CommandFields } from './command-fields.ts';
import type { CustomRule, RuleSystem } from './custom-rule.ts';

/**
 * Work for one command line, in characters read by regular expressions: some 100 ms. 200 rules need
 * a thousandth of it for a usual line.
 */
const WORK = 16 * 1024 * 1024;
/** Work for one rule and one program, beside what its expressions read. */
const RULE_WORK = 32;

export interface CustomRuleOptions {
  readonly system: RuleSystem;
  /** Login name of the user whose commands are observed; null if it is not known. */
  readonly user: string | null;
}

export interface CustomFindings {
  readonly findings: readonly Finding[];
  /** False where the line needs more work than allowed: some rules did not see all of it. */
  readonly complete: boolean;
}

export class CustomRuleSet {
  readonly #byProgram = new Map<string, CustomRule[]>();
  readonly #general: CustomRule[] = [];

  constructor(
    readonly rules: readonly CustomRule[],
    private readonly options: CustomRuleOptions,
  ) {
    for (const rule of rules) {
      if (rule.programs === null) this.#general.push(rule);
      for (const program of rule.programs ?? []) {
        const known = this.#byProgram.get(program);
        if (known) known.push(rule);
        else this.#byProgram.set(program, [rule]);
      }
    }
  }

  /** Each rule that matches any of these programs, once. */
  assess(steps: readonly Step[]): CustomFindings {
    const found = new Map<string, CustomRule>();
    const budget = new Budget(WORK);
    try {
      for (const step of steps) this.#match(step, budget, found);
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      return { findings: [...found.values()].map(findingOf), complete: false };
    }
    return { findings: [...found.values()].map(findingOf), complete: true };
  }

  #match(step: Step, budget: Budget, found: Map<string, CustomRule>): void {
    const fields = CommandFields.of(step, this.options.user, budget);
    if (!fields) return;
    const own = this.#byProgram.get(fields.program) ?? [];
    budget.spend(RULE_WORK * (own.length + this.#general.length));
    const evaluate = (rule: CustomRule): void => {
      if (this.#applies(rule, step) && rule.matches(fields) === true) found.set(rule.id, rule);
    };
    own.forEach(evaluate);
    this.#general.forEach(evaluate);
  }

  /** A command on another machine may meet either system; a container runs Linux. */
  #applies({ system }: CustomRule, { isWrapper, invocation }: Step): boolean {
    if (system === null || system === this.options.system) return true;
    return !isWrapper && (invocation.remote || (invocation.contained && system === 'linux'));
  }
}

const findingOf = ({ id, level, techniques, title, advice }: CustomRule): Finding => ({
  rule: id,
  level,
  family: ORGANISATION,
  ...(techniques[0] === undefined ? {} : { technique: techniques[0] }),
  reason: title,
  safer: advice,
});
