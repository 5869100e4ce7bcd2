import type { Actor } from '../bus/actor.ts';
import { CaroError } from '../domain/errors.ts';
import type { ReplayResult, RuleFile, RuleFolder } from '../domain/rules/custom-rule.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { DAY_MS } from '../domain/time/period.ts';

export interface RuleReplayPorts {
  readonly folder: () => RuleFolder;
  /** Runs in a thread: a replay takes seconds. */
  readonly replay: (files: readonly RuleFile[], since: string) => Promise<ReplayResult>;
  readonly now: () => number;
}

/**
 * Shows what a custom rule would have changed in this node's history. An actor of its own, so that
 * nobody else waits for it.
 */
export const createRuleReplay = ({ folder, replay, now }: RuleReplayPorts): Actor<'rules.replay'> => ({
  name: 'rule replay',
  handlers: {
    'rules.replay': ({ file, text, days }) => {
      const chosen =
        text === undefined ? folder().files.find(({ name }) => name === file) : { name: 'draft.yml', text };
      if (!chosen) throw new CaroError('not_found', 'expected a file of the rule folder, got none of that name');
      return replay([chosen], isoTime(Math.max(0, now() - days * DAY_MS)));
    },
  },
});
