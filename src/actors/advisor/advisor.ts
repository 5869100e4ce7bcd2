import type { Actor } from '../../bus/actor.ts';
import type { BusClient } from '../../bus/bus.ts';
import {
  type Advisory,
  type AdvisoryDraft,
  type AdvisoryResult,
  endOf,
  PRIORITIES,
  type ReceivedAdvisory,
  timeFault,
} from '../../domain/advisories/advisory.ts';
import { isKnownSubject } from '../../domain/advisories/advisory-fault.ts';
import type { Vocabulary } from '../../domain/answers/vocabulary.ts';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { PeerAt } from '../../domain/identity/peer-at.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { Asker } from '../../domain/policy/policy.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { decide } from '../../policy/decide.ts';
import type { AdvisoryStore, StoredAdvisory } from '../../storage/mesh/advisory-store.ts';
import { advisoryLines, type LinePorts } from './advisory-lines.ts';
import { createCourier } from './courier.ts';

export interface AdvisorPorts extends LinePorts {
  readonly bus: BusClient;
  readonly store: AdvisoryStore;
  /** Adds an event to the time axis of trends. */
  readonly mark: (label: string) => void;
  /** This node's own id. */
  readonly self: () => string;
  /** A node as the policy judges it. */
  readonly asker: (peer: PeerAt) => Promise<Asker>;
  /** The same id for every key of a node. */
  readonly account: (id: string) => Promise<string>;
  /** All keys of a node. */
  readonly family: (id: string) => Promise<readonly string[]>;
  readonly seal: (advisory: Advisory) => Promise<Envelope>;
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly randomHex: (bytes: number) => string;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
  readonly now: () => number;
}

type Kinds =
  | 'advisory.received'
  | 'advisories.send'
  | 'advisories.list'
  | 'advisories.hide'
  | 'mesh.changed'
  | 'config.commit'
  | 'clock.quarter';

/** Advisories in force: of one author, and of all. Nobody can fill the screen of an owner. */
const MOST = { author: 20, all: 100 } as const;

/**
 * Advisories of analysts (docs/analyst.md): takes those that the policy allows, shows them to the
 * owner, and sends those of this node to its peers. Whether an owner hides one is stored here only.
 */
export function createAdvisor(ports: AdvisorPorts, initial: Configuration): Actor<Kinds> {
  let configuration = initial;
  const { store, now } = ports;
  const courier = createCourier(ports);
  return {
    name: 'advisor',
    // They wait for peers.
    concurrent: ['advisories.send'],
    handlers: {
      'advisory.received': (received) => take(ports, configuration, received),
      'advisories.send': async (draft) => {
        const { id } = await write(ports, draft);
        await courier.all();
        return { id, delivered: store.list(now()).find((one) => one.id === id)?.delivered ?? 0 };
      },
      'advisories.list': async ({ hidden = false }) => advisoryLines(ports, shownOf(store.list(now()), hidden), now()),
      'advisories.hide': ({ id }) => {
        if (store.hide(id, now())) return null;
        throw new CaroError('not_found', 'expected the id of an advisory; list them: caro advisory list');
      },
      'mesh.changed': (change) => {
        if (change.change === 'connected') void courier.to(change.id).catch(ports.onFailure);
      },
      'config.commit': (next) => {
        configuration = next;
        return null;
      },
      'clock.quarter': ({ retentionMs }) => store.prune(retentionMs),
    },
  };
}

/** The most urgent first; of the same priority, the newest. */
const shownOf = (all: readonly StoredAdvisory[], hidden: boolean): readonly StoredAdvisory[] =>
  all
    .filter(({ isHidden }) => hidden || !isHidden)
    .sort((a, b) => PRIORITIES.indexOf(b.priority) - PRIORITIES.indexOf(a.priority));

/** The order of the checks is from the cheapest to the dearest. */
async function take(
  { store, asker, family, vocabulary, audit, now }: AdvisorPorts,
  configuration: Configuration,
  { peer, advisory, document }: ReceivedAdvisory,
): Promise<AdvisoryResult> {
  if (!decide(configuration, { ...(await asker(peer)), action: 'advise' }).allow) return 'denied';
  const nowMs = now();
  const fault = timeFault(advisory, nowMs);
  if (fault !== null) return fault;
  if (store.has(advisory.author, advisory.id)) return 'known';
  const authors = await family(peer.id);
  if (store.count(nowMs, authors) >= MOST.author || store.count(nowMs) >= MOST.all) return 'full';
  if (!isKnownSubject(advisory.subject, await vocabulary())) return 'unknown';
  const isNew = store.add(advisory, JSON.stringify(document), { nowMs, endMs: endOf(advisory.until) });
  if (!isNew) return 'known';
  await audit({ type: 'advisory.received', peer: peer.id, details: detailsOf(advisory) });
  return 'stored';
}

const detailsOf = ({ id, subject, priority, until }: Advisory) => ({
  id,
  subject: `${subject.kind} ${subject.name}`,
  priority,
  until,
});

/** What an owner sees of it. */
const wordsOf = ({ subject: { kind, name }, priority, until }: AdvisoryDraft) => [kind, name, priority, until];

/** @throws CaroError `usage` */
async function write(ports: AdvisorPorts, { subject, priority, until }: AdvisoryDraft): Promise<Advisory> {
  const nowMs = ports.now();
  const advisory: Advisory = {
    type: 'caro.advisory',
    version: 1,
    id: ports.randomHex(16),
    author: ports.self(),
    issuedAt: isoTime(nowMs),
    subject,
    priority,
    until,
  };
  if (timeFault(advisory, nowMs) !== null)
    throw new CaroError('usage', `expected a last day from today to 92 days from now, got ${until}`);
  if (!isKnownSubject(subject, await ports.vocabulary()))
    throw new CaroError('usage', `expected a built-in ${subject.kind}, got another; docs/risk.md lists them`);
  const inForce = ports.store.list(nowMs).filter(({ isOwn, isHidden }) => isOwn && !isHidden);
  const same = inForce.find((one) => JSON.stringify(wordsOf(one)) === JSON.stringify(wordsOf(advisory)));
  if (same)
    throw new CaroError(
      'usage',
      `expected another subject, priority or last day: ${same.id.slice(0, 8)} says the same`,
    );
  if (inForce.length >= MOST.author)
    throw new CaroError('usage', `expected at most ${MOST.author} advisories in force; hide one: caro advisory hide`);
  ports.store.add(advisory, null, { nowMs, endMs: endOf(until) });
  ports.mark(`advisory ${subject.name}`);
  await ports.audit({ type: 'advisory.sent', details: detailsOf(advisory) });
  return advisory;
}
