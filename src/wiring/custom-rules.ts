/* Where the custom rules of a node come from, and who reads them. */
import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { RuleCounts } from '../actors/risk-assessor/custom-rules.ts';
import type { RiskAssessorPorts } from '../actors/risk-assessor/risk-assessor.ts';
import type { RuleReplayPorts } from '../actors/rule-replay.ts';
import { ownersSettings } from '../config/guard-settings.ts';
import { homeDirectory } from '../config/home.ts';
import { createRuleSource, type RuleSource, ruleFolderOf } from '../config/rule-folder.ts';
import { isCustomRule, type RuleFolder } from '../domain/rules/custom-rule.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { RuleText } from '../web/ipc-protocol.ts';
import type { ServiceContext } from './service-context.ts';

/** One for the whole service, so that all parts see the same rules. */
export const openRuleSource = ({ configuration, places }: ServiceContext): RuleSource =>
  createRuleSource(() => ruleFolderOf(configuration(), places), steadyMs);

export const riskPorts = (context: ServiceContext, source: RuleSource): RiskAssessorPorts => ({
  home: homeDirectory(process.env),
  record: (folder, counts) => recordRules(context.bus, folder, counts),
  ruleFolder: source.current,
  // The guard does not wait for `caro reload`.
  rulesOnDisk: () => ownersSettings(context.places, join(context.places.data, 'cache')),
  user: loginName(),
  platform: process.platform,
  onTrouble: (error) => context.log.error({ err: error }, 'custom rules failed'),
});

/**
 * Appends to the audit log that the rules have changed, whoever changed them: `caro rules`, an
 * editor or a deployment. The digest tells the content apart; names and texts are not recorded.
 */
async function recordRules(bus: ServiceContext['bus'], folder: RuleFolder, counts: RuleCounts): Promise<void> {
  const [last] = await bus.request('audit.list', { type: 'rules.changed', limit: 1 });
  const digest = digestOf(folder);
  if ((last?.details['digest'] ?? NO_RULES) === digest) return;
  const details = { digest, files: folder.files.length, ...counts };
  await bus.request('audit.append', { type: 'rules.changed', details });
}

const NO_RULES = 'none';
const digestOf = ({ files }: RuleFolder): string =>
  files.length === 0
    ? NO_RULES
    : createHash('sha256')
        .update(JSON.stringify(files.map(({ name, text }) => [name, text])))
        .digest('hex');

/** Less than the page waits for an answer. */
const REPLAY_MS = 40_000;

export const ruleReplayPorts = ({ places, pool }: ServiceContext, source: RuleSource): RuleReplayPorts => ({
  folder: source.current,
  replay: (files, since) =>
    pool.run('replayRules', {
      databaseFile: places.database,
      files,
      since,
      limitMs: REPLAY_MS,
      home: homeDirectory(process.env),
      user: loginName(),
      platform: process.platform,
    }),
  now: Date.now,
});

/** What a thread needs to apply the custom rules; undefined where there are none. */
export function rulesForThread(source: RuleSource) {
  const folder = source.current();
  if (folder.version === '') return {};
  return { custom: { folder, user: loginName(), platform: process.platform } };
}

/** Null for a user without an account, in a container. */
function loginName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** Texts of rules for the page: built-in ones, and those of the organization. */
export async function describeRules({ bus }: ServiceContext, ids: readonly string[]): Promise<readonly RuleText[]> {
  const { describeRules: describe } = await import('../risk/describe.ts');
  const wanted = new Set(ids.filter(isCustomRule));
  if (wanted.size === 0) return describe(ids);
  const { rules } = await bus.request('rules.list', {}).catch(() => ({ rules: [] }));
  const own = rules.flatMap(({ id, title, level, techniques, advice }): RuleText[] =>
    id === null || title === null || level === null || !wanted.has(id)
      ? []
      : [{ id, level, family: 'organisation', technique: techniques[0] ?? null, reason: title, safer: advice ?? '' }],
  );
  return [...describe(ids), ...own];
}
