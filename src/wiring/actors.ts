import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type AuditPorts, createAuditor } from '../actors/auditor.ts';
import { createClassifier } from '../actors/classifier.ts';
import { type CollectorPorts, createCollector } from '../actors/collector/collector.ts';
import { createMeshGateway } from '../actors/mesh-gateway/mesh-gateway.ts';
import { createPolicyEngine } from '../actors/policy-engine.ts';
import { createQueryRouter, type QueryPorts } from '../actors/query-router/query-router.ts';
import { createRiskAssessor } from '../actors/risk-assessor.ts';
import { createSummarizer, type SummaryPorts } from '../actors/summarizer/summarizer.ts';
import type { ActorSpec } from '../bus/supervisor.ts';
import { homeDirectory } from '../config/home.ts';
import { mayTell } from '../domain/answers/figure-sums.ts';
import { parseSpoolName } from '../domain/spool/spool-record.ts';
import { SUMMARY_TYPE } from '../domain/summaries/summary.ts';
import { createLiveness } from '../platform/live-process.ts';
import { replacePrivately } from '../platform/private-file.ts';
import { deniedTools } from '../policy/denied-tools.ts';
import { createAuditStore } from '../storage/audit-store.ts';
import { createEventStore } from '../storage/events/event-store.ts';
import { periodDigest } from '../storage/events/period-reader.ts';
import { createReader } from '../storage/reader.ts';
import { createSummaryStore } from '../storage/summary-store.ts';
import { verifyAuditLog } from '../workers/tasks/verify-audit-log.ts';
import { accountThrough, askThrough, gatewayPorts, type MeshSlot } from './mesh.ts';
import { anomaliesOf, askPorts, responderPorts } from './query-ports.ts';
import type { ServiceContext } from './service-context.ts';
import { consentPort, settingsPort } from './settings.ts';
import { standingPort } from './standing.ts';

/**
 * Observations and audit records wait for room, nothing of them is dropped; questions are refused
 * when too many wait.
 */
const WAITING = { capacity: 64, policy: 'wait' } as const;
const REFUSING = { capacity: 64, policy: 'refuse' } as const;
/**
 * Up to so many records the audit log is verified in place: a thread would cost more than it
 * spares.
 */
const SHORT_LOG = 500;
/** A long one takes a minute a million of them. */
const VERIFY_MS = 30 * 60_000;

/** The actors in the order in which they start; they stop in reverse. */
export function actorSpecs(context: ServiceContext): readonly ActorSpec[] {
  const { configuration } = context;
  const slot: MeshSlot = { open: null };
  return [
    { name: 'auditor', ...WAITING, create: () => createAuditor(auditPorts(context), configuration()) },
    {
      name: 'policy engine',
      ...REFUSING,
      create: () =>
        createPolicyEngine(
          {
            ...responderPorts(context),
            ...consentPort(context.bus),
            settings: settingsPort(context),
            standing: standingPort(context),
          },
          configuration(),
        ),
    },
    {
      name: 'mesh gateway',
      ...REFUSING,
      create: () => createMeshGateway(gatewayPorts(context, slot), configuration()),
    },
    { name: 'classifier', ...WAITING, create: createClassifier },
    { name: 'risk assessor', ...WAITING, create: () => createRiskAssessor(homeDirectory(process.env)) },
    { name: 'query router', ...REFUSING, create: () => createQueryRouter(queryPorts(context, slot), configuration()) },
    { name: 'summarizer', ...REFUSING, create: () => createSummarizer(summaryPorts(context), configuration()) },
    { name: 'collector', ...WAITING, create: () => createCollector(collectorPorts(context), configuration()) },
  ];
}

function queryPorts(context: ServiceContext, slot: MeshSlot): QueryPorts {
  const { bus, database } = context;
  return {
    ...createReader(database),
    anomalies: (sinceMs, untilMs) => anomaliesOf(database, sinceMs, untilMs),
    mesh: askPorts(() => context.identity.id, bus, askThrough(slot), accountThrough(slot)),
    now: Date.now,
  };
}

function collectorPorts({ bus, spool, database, health }: ServiceContext): CollectorPorts {
  const events = createEventStore(database, hostname());
  const store = { ...events, commit: health.guard(events.commit), forget: health.guard(events.forget) };
  const reader = createReader(database);
  return {
    bus,
    spool,
    store,
    isAlive: createLiveness(),
    now: Date.now,
    facts: () => ({ ...reader.counts(), shells: reader.shells() }),
    pending: () =>
      spool
        .names()
        .filter((name) => parseSpoolName(name) !== undefined)
        .reduce((sum, name) => sum + Math.max(0, spool.size(name) - store.offsetOf(name)), 0),
    prune: store.prune,
    pruneRollups: store.pruneRollups,
  };
}

function auditPorts(context: ServiceContext): AuditPorts {
  const { database, places, pool } = context;
  const store = createAuditStore(database);
  return {
    store,
    sign: (bytes) => context.identity.sign(bytes),
    verify: async () => {
      const input = { databaseFile: places.database, publicKey: context.identity.publicKey };
      return store.count() <= SHORT_LOG
        ? verifyAuditLog(input)
        : pool.run('verifyAuditLog', input, { timeoutMs: VERIFY_MS });
    },
    keepHead: (checkpoint) => replacePrivately(places.auditHead, JSON.stringify(checkpoint)),
    now: Date.now,
  };
}

function summaryPorts(context: ServiceContext): SummaryPorts {
  const { bus, database, ownKeys, peerKeys, places, pool } = context;
  return {
    bus,
    nodes: () => [context.identity.id, ...ownKeys.formerIds()],
    family: peerKeys.family,
    store: createSummaryStore(database),
    digest: async ({ startMs, endMs }, denyTools) =>
      periodDigest(database, startMs, endMs, await keptBackOf(denyTools)),
    make: async (head, period, denyTools) => {
      // Taken before anything is waited for: the key that signs MUST be the one of `head.node`.
      const { identity } = context;
      const [{ ruleFacts }, { CATALOGUE_VERSION }] = await Promise.all([
        import('../risk/describe.ts'),
        import('../shell/catalogue/catalogue.ts'),
      ]);
      const payload = await pool.run('summarize', {
        databaseFile: places.database,
        period,
        head: { ...head, catalogueVersion: CATALOGUE_VERSION },
        rules: await tellableRules(ruleFacts(), denyTools),
        keptBack: await keptBackOf(denyTools),
      });
      return pool.run('sealSummary', {
        seed: identity.seed(),
        fingerprint: identity.fingerprint,
        payloadType: SUMMARY_TYPE,
        payload,
      });
    },
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    now: Date.now,
  };
}

/** Canonical names of tools that are kept back. The catalogue is only read where there are any. */
async function keptBackOf(denyTools: readonly string[]): Promise<readonly string[]> {
  if (denyTools.length === 0) return [];
  const { vocabulary } = await import('../risk/vocabulary.ts');
  return [...deniedTools(denyTools, vocabulary())];
}

/** Without the rules that may have matched a command of a tool that is kept back. */
async function tellableRules<T>(
  facts: Readonly<Record<string, T>>,
  denyTools: readonly string[],
): Promise<Readonly<Record<string, T>>> {
  if (denyTools.length === 0) return facts;
  const { vocabulary } = await import('../risk/vocabulary.ts');
  const words = vocabulary();
  const keptBack = deniedTools(denyTools, words);
  return Object.fromEntries(Object.entries(facts).filter(([rule]) => mayTell(rule, words, keptBack)));
}
