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
  /** Custom rules failed. The error holds no text of a command. */
  readonly onTrouble: (error: unknown) => void;
}

const TROUBLE = 'the custom rules failed and are not applied; the log has the reason';

/** Nothing here throws: built-in rules and observation MUST go on whatever a rule does. */
export class CustomRulesInForce {
  #loaded: LoadedRules | null = null;
  /** Version of the folder whose rules failed. They are tried again when it changes. */
  #failed: string | null = null;

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

  async report(): Promise<RulesReport> {
    const loaded = await this.#current();
    return loaded?.report ?? { folder: this.ports.ruleFolder().folder, rules: [] };
  }

  async status(): Promise<RulesStatus> {
    const { rules } = await this.report();
    const count = (state: string): number => rules.filter((rule) => rule.state === state).length;
    return {
      inForce: count('in-force'),
      setAside: count('set-aside'),
      trouble: this.#failed === null ? null : TROUBLE,
    };
  }

  async #current(): Promise<LoadedRules | null> {
    const folder = this.ports.ruleFolder();
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

const NOTHING = { findings: [], complete: true } as const;
