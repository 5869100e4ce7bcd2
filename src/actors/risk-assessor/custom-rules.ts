/* Keeps the custom rules in force: loads them with the first command, and again after a change. */
import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { RuleFolder, RulesReport, RulesStatus } from '../../domain/rules/custom-rule.ts';
import type { CustomRules } from '../../risk/assess.ts';
import type { LoadedRules } from '../../risk/custom/load.ts';

export interface CustomRulePorts {
  /** The rule folder now; looks at the disk once a second at most. */
  readonly ruleFolder: () => RuleFolder;
  /** Login name of the observed user; null if the system has none. */
  readonly user: string | null;
  /** `process.platform`. */
  readonly platform: string;
  /**
   * Records the rules in force, if they are others than those that were recorded last. A failure is
   * tried again with the next command.
   */
  readonly record: (folder: RuleFolder, counts: RuleCounts) => Promise<void>;
  /** Custom rules failed. The error holds no text of a command. */
  readonly onTrouble: (error: unknown) => void;
}

export interface RuleCounts {
  readonly inForce: number;
  readonly setAside: number;
}

const TROUBLE = 'the custom rules failed and are not applied; the log has the reason';

/** Nothing here throws: built-in rules and observation MUST go on whatever a rule does. */
export class CustomRulesInForce {
  #loaded: LoadedRules | null = null;
  /** Version of the folder whose rules failed. They are tried again when it changes. */
  #failed: string | null = null;
  /** Version of the folder that is in the audit log. */
  #recorded: string | null = null;

  constructor(private readonly ports: CustomRulePorts) {}

  /** Undefined while there are none. */
  async rules(): Promise<CustomRules | undefined> {
    const loaded = await this.#current();
    if (!loaded) return undefined;
    return {
      assess: (steps) => {
        try {
          if (this.#failed === loaded.version) return NOTHING;
          return loaded.set.assess(steps);
        } catch (error) {
          this.#fail(loaded.version, error);
          return NOTHING;
        }
      },
    };
  }

  /**
   * For the guard, which MUST NOT pass over a rule: null unless the rules of this version of the
   * folder are in force, and a rule that fails throws.
   */
  async strictly(version: string): Promise<CustomRules | 'none' | null> {
    const loaded = await this.#current();
    if (this.#failed !== null || (loaded?.version ?? '') !== version) return null;
    return loaded?.set ?? 'none';
  }

  async report(): Promise<RulesReport> {
    const loaded = await this.#current();
    return loaded?.report ?? { folder: this.ports.ruleFolder().folder, rules: [] };
  }

  async status(): Promise<RulesStatus> {
    const { rules } = await this.report();
    return {
      ...counted(rules),
      trouble: this.#failed === null ? null : TROUBLE,
    };
  }

  async #current(): Promise<LoadedRules | null> {
    const folder = this.ports.ruleFolder();
    const loaded = await this.#load(folder);
    if (this.#recorded !== folder.version) await this.#record(folder, loaded);
    return loaded;
  }

  async #record(folder: RuleFolder, loaded: LoadedRules | null): Promise<void> {
    try {
      await this.ports.record(folder, counted(loaded?.report.rules ?? []));
      this.#recorded = folder.version;
    } catch {
      // The auditor is busy or stops; ratings do not wait for it.
    }
  }

  async #load(folder: RuleFolder): Promise<LoadedRules | null> {
    if (folder.version === '') {
      this.#loaded = null;
      this.#failed = null;
      return null;
    }
    if (this.#loaded?.version === folder.version || this.#failed === folder.version) return this.#loaded;
    this.#failed = null;
    try {
      const [{ loadRules }, { systemOf }] = await Promise.all([
        import('../../risk/custom/load.ts'),
        import('../../risk/custom/rule-files.ts'),
      ]);
      const { user, platform } = this.ports;
      this.#loaded = await loadRules(folder, { user, system: systemOf(platform) }, yieldToEventLoop);
    } catch (error) {
      this.#loaded = null;
      this.#fail(folder.version, error);
    }
    return this.#loaded;
  }

  #fail(version: string, error: unknown): void {
    this.#failed = version;
    this.ports.onTrouble(error);
  }
}

function counted(rules: RulesReport['rules']): RuleCounts {
  const count = (state: string): number => rules.filter((rule) => rule.state === state).length;
  return { inForce: count('in-force'), setAside: count('set-aside') };
}

const NOTHING = { findings: [], complete: true } as const;
