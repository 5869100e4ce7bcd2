import { randomBytes, randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { createAdvisor } from '../actors/advisor/advisor.ts';
import { createAlerter } from '../actors/alerter/alerter.ts';
import { type AuditPorts, createAuditor } from '../actors/auditor.ts';
import { createBlindAggregator } from '../actors/blind-aggregator.ts';
import { createBlindReporter } from '../actors/blind-reporter/blind-reporter.ts';
import { createClassifier } from '../actors/classifier.ts';
import { type CollectorPorts, createCollector } from '../actors/collector/collector.ts';
import type { LongRating } from '../actors/collector/rating.ts';
import { createKeyRegistry, type KeyRegistryPorts } from '../actors/key-registry.ts';
import { createLogWitness, type WitnessPorts } from '../actors/log-witness/log-witness.ts';
import { createMeshGateway, type GatewayPorts } from '../actors/mesh-gateway/mesh-gateway.ts';
import { createPolicyEngine, type PolicyPorts } from '../actors/policy-engine.ts';
import type { AskPorts } from '../actors/query-router/mesh-question.ts';
import { createQueryRouter, type QueryPorts } from '../actors/query-router/query-router.ts';
import { createRiskAssessor } from '../actors/risk-assessor/risk-assessor.ts';
import { createRoster } from '../actors/roster.ts';
import { createRuleReplay } from '../actors/rule-replay.ts';
import { createSettings, type SettingsPorts } from '../actors/settings.ts';
import { createSummarizer, type SummaryPorts } from '../actors/summarizer/summarizer.ts';
import { createOwnLog } from '../audit/own-log.ts';
import type { ActorSpec } from '../bus/supervisor.ts';
import { homeDirectory } from '../config/home.ts';
import { editFor } from '../config/managed/managed-changes.ts';
import { type RuleSource, ruleFolderOf } from '../config/rule-folder.ts';
import { mayTell } from '../domain/answers/figure-sums.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import { parseSpoolName } from '../domain/spool/spool-record.ts';
import { SUMMARY_TYPE } from '../domain/summaries/summary.ts';
import { DAY_MS } from '../domain/time/period.ts';
import { createAlarm } from '../platform/alarm.ts';
import { replacePrivately } from '../platform/files/private-file.ts';
import { privatePlaces } from '../platform/files/private-places.ts';
import { createLiveness, isProcess } from '../platform/live-process.ts';
import { createProjectNames } from '../platform/project-names.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import { decide } from '../policy/decide.ts';
import { deniedTools } from '../policy/denied-tools.ts';
import type { ResponderPorts } from '../policy/responder.ts';
import { createAuditStore } from '../storage/audit/audit-store.ts';
import { createEgressStore } from '../storage/audit/egress-store.ts';
import { createTlogStore } from '../storage/audit/tlog-store.ts';
import { createWitnessStore } from '../storage/audit/witness-store.ts';
import { createReleaseCosignatureStore } from '../storage/blind/release-cosignature-store.ts';
import { createTotalReader } from '../storage/blind/total-store.ts';
import { type EventKey, findEvents, removeEvents, scrubJournal } from '../storage/events/event-removal.ts';
import { createEventStore } from '../storage/events/event-store.ts';
import { refreshGuardState } from '../storage/events/guard-state.ts';
import { createHistoryHours } from '../storage/events/history-hours.ts';
import { withFileLock } from '../storage/instance-lock.ts';
import { hasDraft } from '../storage/maintenance/backup.ts';
import { copiesOf } from '../storage/maintenance/copies.ts';
import { createAnswerStore } from '../storage/mesh/answer-store.ts';
import { createDeliveryStore } from '../storage/mesh/delivery-store.ts';
import { createSeenStore } from '../storage/mesh/seen-store.ts';
import { createSummaryStore } from '../storage/mesh/summary-store.ts';
import { createMetaStore } from '../storage/meta-store.ts';
import { createReader } from '../storage/reader.ts';
import { readAgentReports } from '../storage/readers/agent-reader.ts';
import { readAnswerFigures } from '../storage/readers/answer-reader.ts';
import { anomaliesOf, historyStart } from '../storage/readers/history-reader.ts';
import { periodDigest } from '../storage/readers/period-reader.ts';
import { openInHandNote } from '../storage/spool/in-hand-note.ts';
import { openPauses } from '../storage/spool/pause-files.ts';
import { createMarkStore } from '../storage/trends/mark-store.ts';
import type { Pool } from '../workers/pool.ts';
import type { LongCommand } from '../workers/tasks/rate-command.ts';
import { verifyAuditLog } from '../workers/tasks/verify-audit-log.ts';
import { advisorPorts } from './advisories.ts';
import type { AgentScan } from './agent-coverage.ts';
import { alerterPorts } from './alerts.ts';
import { blindPorts, ownReleases } from './blind.ts';
import { blindReporterPorts } from './blind-node.ts';
import { withConfigurationFiles } from './configuration-files.ts';
import { openRuleSource, riskPorts, ruleReplayPorts, rulesForThread } from './custom-rules.ts';
import { canonicalTools, readVocabulary } from './denied-tools.ts';
import { openMesh } from './mesh.ts';
import { followingRoster, rosterPorts } from './roster.ts';
import type { ServiceContext } from './service-context.ts';

/** Observations, audit records and pairings wait for room. So do summaries of peers. */
const WAITING = { capacity: 64, policy: 'wait' } as const;
/** Questions are refused when too many wait. */
const REFUSING = { capacity: 64, policy: 'refuse' } as const;
/** Up to this many records the audit log is verified in place: starting a thread takes longer. */
const SHORT_LOG = 500;
/** A long log takes a minute per million records. */
const VERIFY_MS = 30 * 60_000;

/** The actors in the order in which they start; they stop in reverse. */
export function actorSpecs(context: ServiceContext): readonly ActorSpec[] {
  const { configuration: now } = context;
  // Made once: the history that it keeps outlives a restart of the actor.
  const policy = policyPorts(context);
  const rules = openRuleSource(context);
  return [
    { name: 'auditor', ...WAITING, create: () => createAuditor(auditPorts(context), now()) },
    { name: 'settings', ...WAITING, create: () => createSettings(settingsPorts(context)) },
    { name: 'key registry', ...WAITING, create: () => createKeyRegistry(keyPorts(context)) },
    { name: 'policy engine', ...REFUSING, create: () => createPolicyEngine(policy, now()) },
    { name: 'mesh gateway', ...REFUSING, create: () => createMeshGateway(gatewayPorts(context), now()) },
    { name: 'log witness', ...REFUSING, create: () => createLogWitness(witnessPorts(context), now()) },
    { name: 'advisor', ...REFUSING, create: () => createAdvisor(advisorPorts(context), now()) },
    { name: 'roster', ...WAITING, create: () => createRoster(rosterPorts(context)) },
    { name: 'alerter', ...REFUSING, create: () => createAlerter(alerterPorts(context), now()) },
    { name: 'blind reporter', ...WAITING, create: () => createBlindReporter(blindReporterPorts(context), now()) },
    { name: 'classifier', ...WAITING, create: createClassifier },
    {
      name: 'risk assessor',
      ...WAITING,
      create: () => createRiskAssessor(riskPorts(context, rules)),
    },
    { name: 'rule replay', ...REFUSING, create: () => createRuleReplay(ruleReplayPorts(context, rules)) },
    { name: 'query router', ...REFUSING, create: () => createQueryRouter(queryPorts(context), now()) },
    { name: 'summarizer', ...WAITING, create: () => createSummarizer(summaryPorts(context), now()) },
    { name: 'blind aggregator', ...WAITING, create: () => createBlindAggregator(blindPorts(context)) },
    { name: 'collector', ...WAITING, create: () => createCollector(collectorPorts(context, rules), now()) },
  ];
}

function auditPorts(context: ServiceContext): AuditPorts {
  const { database, places, pool } = context;
  const store = createAuditStore(database);
  return {
    store,
    sign: (bytes) => context.identity.sign(bytes),
    tree: createOwnLog({ store: createTlogStore(database), after: store.after, identity: () => context.identity }),
    verify: async () => {
      const input = { databaseFile: places.database, publicKey: context.identity.publicKey };
      if (store.count() <= SHORT_LOG) return verifyAuditLog(input);
      return pool.run('verifyAuditLog', input, { timeoutMs: VERIFY_MS });
    },
    keepHead: (checkpoint) => replacePrivately(places.auditHead, JSON.stringify(checkpoint)),
    now: Date.now,
  };
}

/** A witness stores a head and signs. It may be busy. */
const SUBMIT_MS = 10_000;

function witnessPorts(context: ServiceContext): WitnessPorts {
  const { bus, database, log, peerKeys } = context;
  return {
    releases: () => ownReleases(context),
    releaseCosignatures: createReleaseCosignatureStore(database),
    witnessed: createWitnessStore(database),
    own: createTlogStore(database),
    sign: (bytes) => context.identity.sign(bytes),
    accounts: async () => (await peerKeys.known())?.account ?? ((id) => id),
    seal: () => bus.request('audit.seal', {}),
    submit: (peer, checkpoint) =>
      bus.request('peer.submit', { peer, checkpoint, deadlineMs: SUBMIT_MS }, 2 * SUBMIT_MS),
    audit: auditWith(context),
    onFailure: (error) => log.error({ err: error }, 'witnesses not asked'),
    now: Date.now,
  };
}

/** Key in the `meta` table: the configuration that the audit log already describes. */
const AUDITED_CONFIGURATION = 'audited_configuration';

export function settingsPorts(context: ServiceContext): SettingsPorts {
  const { adopt, bus, configuration, database, places } = context;
  const meta = createMetaStore(database);
  return {
    bus,
    self: () => context.identity.id,
    load: async () =>
      followingRoster(
        context,
        await withConfigurationFiles(({ loadConfiguration }) => loadConfiguration(places, hostname())),
      ),
    edit: async (change, revoked, verify) => {
      const edit = editFor(change, revoked);
      await withConfigurationFiles(({ changeManaged }) =>
        withFileLock(places.managedLock, () => changeManaged(places, hostname(), edit, verify)),
      );
    },
    current: configuration,
    adopt,
    audited: {
      read: () => {
        const text = meta.get(AUDITED_CONFIGURATION);
        return text === undefined ? null : (JSON.parse(text) as Configuration);
      },
      write: (next) => meta.set(AUDITED_CONFIGURATION, JSON.stringify(next)),
    },
  };
}

export const keyPorts = ({ bus, database, log, ownKeys, peerKeys }: ServiceContext): KeyRegistryPorts => ({
  bus,
  own: ownKeys,
  peers: peerKeys,
  audited: createMetaStore(database),
  alarm: createAlarm,
  log,
});

function policyPorts({ bus, database, peerKeys }: ServiceContext): PolicyPorts {
  const readHours = createHistoryHours(database);
  const figures: ResponderPorts['figures'] = (sinceMs, untilMs, denied) =>
    readAnswerFigures(database, sinceMs, untilMs, denied, () =>
      anomaliesOf(database, sinceMs, untilMs, denied, readHours),
    );
  const prepareHistory: PolicyPorts['prepareHistory'] = async ({ sharing }) => {
    readHours(historyStart(Date.now()), Date.now(), await canonicalTools(sharing.deny_tools));
  };
  return { figures, vocabulary: readVocabulary, audit: auditWith({ bus }), now: Date.now, peerKeys, prepareHistory };
}

export function gatewayPorts(context: ServiceContext): GatewayPorts {
  const { bus, database, peerKeys } = context;
  return {
    bus,
    open: (configuration) => openMesh(context, configuration),
    summaries: {
      nodes: ownIds(context),
      deliveries: createDeliveryStore(database),
      audit: auditWith(context),
      now: Date.now,
    },
    peerKeys,
    egress: createEgressStore(database),
    seen: createSeenStore(database),
    self: () => context.identity.id,
    now: Date.now,
  };
}

/** Key in the `meta` table: which daily questions were asked. */
const DAILY_QUESTIONS = 'daily_questions';
/** All daily questions, one after the other. */
const DAILY_MS = 5 * 60_000;

function queryPorts(context: ServiceContext): QueryPorts {
  const { bus, database, health, log, peerKeys } = context;
  const mesh: AskPorts = {
    self: () => context.identity.id,
    accounts: async () => (await peerKeys.known())?.account ?? ((id) => id),
    vocabulary: readVocabulary,
    ask: (peers, query, deadlineMs) => bus.request('peer.ask', { peers, query, deadlineMs }),
    audit: auditWith(context),
    progress: (notice) => void bus.publish('query.partial', notice),
    randomHex,
    now: Date.now,
    ticks: steadyMs,
  };
  const anomalies: QueryPorts['anomalies'] = (sinceMs, untilMs) => anomaliesOf(database, sinceMs, untilMs);
  const meta = createMetaStore(database);
  const answers = createAnswerStore(database);
  const marks = createMarkStore(database);
  return {
    ...createReader(database),
    anomalies,
    mesh,
    answers: { ...answers, add: health.guard(answers.add) },
    totals: createTotalReader(database),
    marks: { add: health.guard(marks.add), remove: health.guard(marks.remove) },
    onUnsaved: (error) => log.error({ err: error }, 'answer not saved'),
    daily: {
      alarm: () =>
        createAlarm(() => {
          const failed = (error: unknown): void => log.error({ err: error }, 'daily question not asked');
          void bus.request('questions.ask', {}, DAILY_MS).catch(failed);
        }),
      memory: { read: () => meta.get(DAILY_QUESTIONS), write: (text) => meta.set(DAILY_QUESTIONS, text) },
      random: (below) => randomInt(below),
      now: Date.now,
      ticks: steadyMs,
    },
    now: Date.now,
  };
}

function collectorPorts(
  { bus, spool, database, health, log, places, pool }: ServiceContext,
  rules: RuleSource,
): CollectorPorts {
  const events = createEventStore(database, hostname());
  const store = { ...events, commit: health.guard(events.commit), forget: health.guard(events.forget) };
  const reader = createReader(database);
  let scan: AgentScan | undefined;
  return {
    bus,
    spool,
    store,
    inHand: openInHandNote(places.inHand),
    onSetAside: (command) => log.warn({ ...command }, 'command set aside: the service ended twice while analysing it'),
    rateLong: (command) => rateInThread(pool, { ...command, ...rulesForThread(rules) }),
    isAlive: createLiveness(),
    isProcess,
    now: Date.now,
    pauses: openPauses(places),
    projects: createProjectNames(Date.now),
    refreshGuard: ({ guard, rules: named }) =>
      refreshGuardState(places.spool, {
        failure: guard.on_failure,
        everyLine: ruleFolderOf({ rules: named }, places) !== places.rules,
      }),
    privatePlaces: (folders) => privatePlaces(folders, homeDirectory(process.env)),
    facts: () => ({ ...reader.counts(), shells: reader.shells() }),
    agents: async () => {
      const { agentCoverage, createAgentScan } = await import('./agent-coverage.ts');
      scan ??= createAgentScan(steadyMs);
      const reports = readAgentReports(database, Date.now() - DAY_MS);
      return agentCoverage(places, homeDirectory(process.env), process.env, reports, scan());
    },
    pending: () =>
      spool
        .names()
        .filter((name) => parseSpoolName(name) !== undefined)
        .reduce((sum, name) => sum + Math.max(0, spool.size(name) - store.offsetOf(name)), 0),
    removal: {
      find: (ids) => findEvents(database, ids),
      remove: health.guard((events: readonly EventKey[]) => removeEvents(database, events)),
      scrub: () => scrubJournal(database),
      copies: () => ({ files: copiesOf(places), isBusy: hasDraft(places.backups) }),
      removeFromCopies: (files, events) => pool.run('removeFromCopies', { files, events }),
    },
    prune: store.prune,
    pruneRollups: store.pruneRollups,
  };
}

/** A thread that runs out of memory or time ends alone: the service goes on without its result. */
const LONG_COMMAND_MS = 30_000;
async function rateInThread(pool: Pool, command: Omit<LongCommand, 'home'>): Promise<LongRating | null> {
  try {
    const home = homeDirectory(process.env);
    return await pool.run('rateCommand', { ...command, home }, { timeoutMs: LONG_COMMAND_MS });
  } catch (error) {
    if (error instanceof CaroError && error.code === 'worker_failed') return null;
    throw error;
  }
}

function summaryPorts(context: ServiceContext): SummaryPorts {
  const { bus, database, peerKeys, places, pool } = context;
  return {
    bus,
    nodes: ownIds(context),
    family: peerKeys.family,
    store: createSummaryStore(database),
    mayConnect: async (peer) => {
      const asker = (await peerKeys.known())?.asker(peer) ?? peer;
      return decide(context.configuration(), { ...asker, action: 'connect' }).allow;
    },
    digest: async ({ startMs, endMs }, denyTools) =>
      periodDigest(database, startMs, endMs, await canonicalTools(denyTools)),
    make: async (head, period, denyTools) => {
      // Taken before the first await: the key that signs MUST be the one of `head.node`.
      const { identity } = context;
      const [{ ruleFacts }, { CATALOGUE_VERSION }] = await Promise.all([
        import('../risk/describe.ts'),
        import('../shell/catalogue/catalogue.ts'),
      ]);
      const payload = await pool.run('summarize', {
        databaseFile: places.database,
        period,
        head: { ...head, catalogueVersion: CATALOGUE_VERSION },
        rules: await publishableRules(ruleFacts(), denyTools),
        keptBack: await canonicalTools(denyTools),
      });
      const { fingerprint } = identity;
      return pool.run('sealSummary', { seed: identity.seed(), fingerprint, payloadType: SUMMARY_TYPE, payload });
    },
    randomHex,
    now: Date.now,
  };
}

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

const auditWith =
  ({ bus }: Pick<ServiceContext, 'bus'>) =>
  (entry: AuditEntry): Promise<unknown> =>
    bus.request('audit.append', entry);

/** Ids of this node, the present one first. */
const ownIds = (context: ServiceContext) => (): readonly [string, ...string[]] => [
  context.identity.id,
  ...context.ownKeys.formerIds(),
];

/** Without the rules that may have matched a command of a denied tool. */
async function publishableRules<T>(
  facts: Readonly<Record<string, T>>,
  denyTools: readonly string[],
): Promise<Readonly<Record<string, T>>> {
  if (denyTools.length === 0) return facts;
  const words = await readVocabulary();
  const denied = deniedTools(denyTools, words);
  return Object.fromEntries(Object.entries(facts).filter(([rule]) => mayTell(rule, words, denied)));
}
