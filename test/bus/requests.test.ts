import { describe, expect, test } from '@jest/globals';
import type { createAdvisor } from '../../src/actors/advisor/advisor.ts';
import type { createAlerter } from '../../src/actors/alerter/alerter.ts';
import type { createAuditor } from '../../src/actors/auditor.ts';
import type { createBlindAggregator } from '../../src/actors/blind-aggregator.ts';
import type { createBlindReporter } from '../../src/actors/blind-reporter/blind-reporter.ts';
import type { createClassifier } from '../../src/actors/classifier.ts';
import type { createCollector } from '../../src/actors/collector/collector.ts';
import type { createKeyRegistry } from '../../src/actors/key-registry.ts';
import type { createLogWitness } from '../../src/actors/log-witness/log-witness.ts';
import type { createMeshGateway } from '../../src/actors/mesh-gateway/mesh-gateway.ts';
import type { createPolicyEngine } from '../../src/actors/policy-engine.ts';
import type { createQueryRouter } from '../../src/actors/query-router/query-router.ts';
import type { createRiskAssessor } from '../../src/actors/risk-assessor/risk-assessor.ts';
import type { createRoster } from '../../src/actors/roster.ts';
import type { createRuleReplay } from '../../src/actors/rule-replay.ts';
import type { ServiceControlKinds } from '../../src/actors/service-control.ts';
import type { createSettings } from '../../src/actors/settings.ts';
import type { createStatusReporter } from '../../src/actors/status-reporter.ts';
import type { createSummarizer } from '../../src/actors/summarizer/summarizer.ts';
import type { RequestKind } from '../../src/bus/messages.ts';
import { type ExposedKind, isExposed, REQUESTS } from '../../src/bus/requests.ts';
import { bodyValidators } from '../../src/generated/body-validators.js';

type Maker =
  | typeof createAuditor
  | typeof createBlindAggregator
  | typeof createBlindReporter
  | typeof createClassifier
  | typeof createCollector
  | typeof createKeyRegistry
  | typeof createLogWitness
  | typeof createAdvisor
  | typeof createAlerter
  | typeof createMeshGateway
  | typeof createPolicyEngine
  | typeof createQueryRouter
  | typeof createRiskAssessor
  | typeof createRoster
  | typeof createRuleReplay
  | typeof createSettings
  | typeof createStatusReporter
  | typeof createSummarizer;
type KindsOf<M extends Maker> = M extends Maker ? keyof ReturnType<M>['handlers'] : never;
type Untaken = Exclude<RequestKind, KindsOf<Maker> | ServiceControlKinds>;

const EXPOSED = (Object.keys(REQUESTS) as RequestKind[]).filter(
  (kind): kind is ExposedKind => 'body' in REQUESTS[kind],
);

describe('the table of requests', () => {
  test('has an actor behind each request', () => {
    // A request that no actor handles does not compile here.
    const isTaken: [Untaken] extends [never] ? true : Untaken = true;
    expect(isTaken).toBe(true);
  });

  test.each(EXPOSED)('%s refuses a member that its schema does not name', (kind) => {
    expect(bodyValidators[kind]({ unknownMember: 1 })).toBe(false);
    expect(bodyValidators[kind]([])).toBe(false);
  });

  test.each(EXPOSED)('%s is either read by the page or changed with a login, not both', (kind) => {
    expect(isExposed(kind, 'page') && isExposed(kind, 'page-login')).toBe(false);
  });

  test('exposes none of the requests between actors', () => {
    for (const kind of ['audit.append', 'config.commit', 'query.answer', 'constructor'])
      for (const place of ['command-line', 'page', 'page-login'] as const)
        expect([kind, place, isExposed(kind, place)]).toEqual([kind, place, false]);
  });
});
