import { randomBytes } from 'node:crypto';
import type { AdvisorPorts } from '../actors/advisor/advisor.ts';
import { MAX_LABEL } from '../domain/trends/mark.ts';
import { createRuleMatches } from '../storage/events/rule-matches.ts';
import { createAdvisoryStore } from '../storage/mesh/advisory-store.ts';
import { createMarkStore } from '../storage/trends/mark-store.ts';
import { readVocabulary } from './denied-tools.ts';
import type { ServiceContext } from './service-context.ts';

/** Catalogue, rules and the code of documents are loaded with the first advisory. */
export function advisorPorts(context: ServiceContext): AdvisorPorts {
  const { bus, database, log, peerKeys } = context;
  return {
    bus,
    store: createAdvisoryStore(database),
    matches: createRuleMatches(database),
    mark: (label) => markToday(context, label),
    self: () => context.identity.id,
    asker: async (peer) => (await peerKeys.known())?.asker(peer) ?? peer,
    account: async (id) => (await peerKeys.known())?.account(id) ?? id,
    family: peerKeys.family,
    seal: async (advisory) => {
      const { sealAdvisory } = await import('../mesh/protocol/advisory-document.ts');
      const { identity } = context;
      return sealAdvisory({ ...advisory, author: identity.id }, identity);
    },
    vocabulary: readVocabulary,
    describe: async (ids) => (await import('../risk/describe.ts')).describeRules(ids),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    audit: (entry) => bus.request('audit.append', entry),
    onFailure: (error) => log.error({ err: error }, 'advisory not sent'),
    now: Date.now,
  };
}

/** An axis with too many marks gets no more; the advisory is sent all the same. */
function markToday({ database, log }: ServiceContext, label: string): void {
  const first = new Date().toISOString().slice(0, 10);
  try {
    createMarkStore(database).add({ first, last: first, label: label.slice(0, MAX_LABEL) });
  } catch (error) {
    log.warn({ err: error }, 'advisory not marked on the axis of trends');
  }
}
