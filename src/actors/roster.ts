import type { Actor } from '../bus/actor.ts';
import { createRounds } from '../bus/rounds.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { loadOnce } from '../domain/load-once.ts';
import type { Log } from '../domain/log.ts';
import { meshRefused } from '../domain/organisation/consent-text.ts';
import type { JoinResult, OrgReply, OrgRequest } from '../domain/organisation/exchange.ts';
import type { OrgStatus, RefusedNews } from '../domain/organisation/membership.ts';
import type { Carried } from '../domain/relay/carried.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { RosterNode, RosterStatus } from '../organisation/roster-node.ts';

/** Rings once, at or before the time in ms since the epoch that was set last. */
interface Alarm {
  readonly set: (atMs: number | null) => void;
  readonly stop: () => void;
}

type Ask = Extract<OrgRequest, { readonly type: 'org-ask' }>;
type News = Extract<OrgReply, { readonly type: 'org-news' }>;

export interface RosterActorPorts {
  /** Loads the code of the roster, which a node without an organization never needs. */
  readonly open: () => Promise<RosterNode>;
  readonly isJoined: () => boolean;
  readonly forget: () => void;
  /** Whether this node, as a supervisor, takes requests of nodes that it does not know. */
  readonly takesRequests: () => boolean;
  readonly sharingLevel: () => 0 | 1 | 2;
  /** Whether the owner has written that the mesh is off. */
  readonly isMeshRefused: () => Promise<boolean>;
  readonly isFollowing: () => boolean;
  readonly ask: (peer: string, request: Ask) => Promise<News>;
  readonly enrol: (peer: string, addresses: readonly string[], request: Envelope) => Promise<JoinResult>;
  /** Puts the roster into force: trust, peers to dial, connections. */
  readonly reload: () => Promise<void>;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly alarm: () => Alarm;
  /** A visit of a folder: opens it, does what the rest of this node has to do, and ends it. */
  readonly carry: {
    readonly begin: (boxes: readonly string[]) => Promise<Carried['outcomes']>;
    readonly work: () => Promise<void>;
    readonly end: () => Promise<Carried['boxes']>;
  };
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly now: () => number;
}

type Kinds =
  | 'org.request'
  | 'org.inspect'
  | 'org.join'
  | 'org.agree'
  | 'org.leave'
  | 'org.status'
  | 'org.requests'
  | 'org.import'
  | 'org.export'
  | 'org.carry'
  | 'org.due'
  | 'clock.quarter'
  | 'mesh.changed';

/** How often supervisors are asked for news, and how often a request is sent again. */
const ASK_EVERY_MS = 3_600_000;
const ENROL_EVERY_MS = 60_000;
/** Questions in one round; each brings at most 20 heads. */
const MAX_QUESTIONS = 200;

/**
 * This node's part in its organization. Work with peers runs outside the mailbox, one round at a
 * time: their requests are answered while this node waits for answers.
 */
export function createRoster(ports: RosterActorPorts): Actor<Kinds> {
  const open = loadOnce(ports.open);
  const refusals: Refusals = new Map();
  const rounds = timedRounds(ports, open, refusals);
  const changed = async (entry: AuditEntry): Promise<void> => {
    await ports.audit(entry);
    await ports.reload();
  };
  return {
    name: 'roster',
    // They reload the configuration, in which other actors take part.
    concurrent: ['org.request', 'org.join', 'org.agree', 'org.leave', 'org.import', 'org.carry'],
    start: rounds.begin,
    stop: rounds.stop,
    handlers: {
      'org.request': async ({ peer, request }) => {
        const node = await open();
        const reply = node.answer(peer, request, ports.takesRequests());
        if (isStored(reply)) await ports.audit({ type: 'org.requested', peer });
        if (request.type === 'org-ask' && node.isBehind(peer, request.body)) rounds.begin();
        return reply;
      },
      'org.inspect': async ({ document }) => ({
        ...(await open()).inspect(document),
        sharingLevel: ports.sharingLevel(),
        isMeshRefused: await ports.isMeshRefused(),
      }),
      'org.join': async (join) => {
        if (await ports.isMeshRefused()) throw new CaroError('usage', meshRefused('caro.toml'));
        const node = await open();
        node.join(join);
        const { org, version, hash } = statusIn(node).terms;
        await changed({ type: 'org.joined', details: { org, version, hash } });
        refusals.clear();
        rounds.begin();
        return withRefusals(statusIn(node), refusals);
      },
      ...membershipOf(ports, { open, changed, refusals }),
      ...officeOf(open, changed, rounds.begin),
      'org.carry': async ({ boxes }) => {
        assertJoined(ports);
        return visit(ports.carry, rounds.run, boxes);
      },
      'org.due': rounds.begin,
      'clock.quarter': rounds.beginIfDue,
      'mesh.changed': ({ change }) => {
        if (change === 'connected') rounds.begin();
      },
    },
  };
}

interface Parts {
  readonly open: () => Promise<RosterNode>;
  readonly changed: (entry: AuditEntry) => Promise<void>;
  readonly refusals: Refusals;
}

/** What the owner of a member asks. */
const membershipOf = (
  ports: RosterActorPorts,
  { open, changed, refusals }: Parts,
): Pick<Actor<Kinds>['handlers'], 'org.agree' | 'org.leave' | 'org.status'> => ({
  'org.agree': async ({ hash }) => withRefusals(await agree(await open(), hash, changed), refusals),
  'org.leave': async () => {
    assertJoined(ports);
    ports.forget();
    refusals.clear();
    await changed({ type: 'org.left' });
    return null;
  },
  'org.status': async () => {
    const status = ports.isJoined() ? (await open()).status() : null;
    return status && withRefusals(status, refusals);
  },
});

/** By supervisor or trustee: what was wrong with its last news, and when. */
type Refusals = Map<string, Pick<RefusedNews, 'code' | 'at'>>;

const withRefusals = (status: RosterStatus, refusals: Refusals): OrgStatus => ({
  ...status,
  refused: [...status.terms.supervisors, ...status.terms.trustees].flatMap(({ id, name }) => {
    const refusal = refusals.get(id);
    return refusal ? [{ from: name, ...refusal }] : [];
  }),
});

async function agree(node: RosterNode, hash: string, changed: (entry: AuditEntry) => Promise<void>) {
  node.agree(hash);
  await changed({ type: 'org.changed', details: { version: statusIn(node).terms.version, agreed: true } });
  return statusIn(node);
}

/** The visit ends, whatever fails in it. */
async function visit(
  { begin, work, end }: RosterActorPorts['carry'],
  runRound: () => Promise<void>,
  boxes: readonly string[],
): Promise<Carried> {
  const outcomes = await begin(boxes);
  let written: Carried['boxes'] = [];
  try {
    await runRound();
    await work();
  } finally {
    written = await end();
  }
  return { outcomes, boxes: written };
}

/** What officers ask of this node. */
const officeOf = (
  open: () => Promise<RosterNode>,
  changed: (entry: AuditEntry) => Promise<void>,
  begin: () => void,
): Pick<Actor<Kinds>['handlers'], 'org.requests' | 'org.import' | 'org.export'> => ({
  'org.requests': async () => (await open()).requests(),
  'org.import': async (parcel) => {
    const taken = (await open()).importParcel(parcel);
    const { version, list, isWaiting, isForked } = taken;
    await changed({ type: 'org.changed', details: { version, list, waiting: isWaiting, forked: isForked } });
    // The other supervisors and the trustees see from the question that there is a newer version.
    begin();
    return taken;
  },
  'org.export': async ({ from }) => (await open()).exportParcel(from),
});

const isStored = (reply: OrgReply): boolean => reply.type === 'org-joined' && reply.body.result === 'stored';

function assertJoined({ isJoined }: Pick<RosterActorPorts, 'isJoined'>): void {
  if (isJoined()) return;
  throw new CaroError('not_found', 'expected a node that has joined an organization, this one has not');
}

function statusIn(node: RosterNode) {
  const status = node.status();
  if (status) return status;
  throw new CaroError('not_found', 'expected a node that has joined an organization');
}

/** Rounds when they are asked for, and at a time that each sets for the next one. */
function timedRounds(ports: RosterActorPorts, open: () => Promise<RosterNode>, refusals: Refusals) {
  const alarm = ports.alarm();
  let dueMs = 0;
  const runRound = async (): Promise<void> => {
    const node = await open();
    try {
      await round(ports, node, refusals);
    } finally {
      dueMs = nextRound(ports, node);
      alarm.set(dueMs);
    }
  };
  const rounds = createRounds(runRound, ports.log, 'roster not brought up to date');
  const begin = (): void => {
    if (ports.isJoined()) rounds.request();
  };
  return {
    begin,
    run: rounds.run,
    /** A timer does not count the time in which the machine was suspended. */
    beginIfDue: (): void => {
      if (ports.now() >= dueMs) begin();
    },
    stop: () => rounds.end().then(alarm.stop),
  };
}

function nextRound(ports: RosterActorPorts, node: RosterNode): number {
  const isEnrolling = ports.isJoined() && node.enrolment() !== null;
  return ports.now() + (0.5 + ports.random()) * (isEnrolling ? ENROL_EVERY_MS : ASK_EVERY_MS);
}

/**
 * Asks the supervisors for news, one after the other, and asks for membership until it is given.
 */
async function round(ports: RosterActorPorts, node: RosterNode, refusals: Refusals): Promise<void> {
  const status = ports.isJoined() && ports.isFollowing() ? node.status() : null;
  if (status === null || status.state === 'forked') return;
  // A change applies before the next one is asked, who may take long.
  for (const { id } of [...status.terms.supervisors, ...status.terms.trustees])
    if (await askOne(ports, node, id, refusals)) await applyChange(ports, node);
  await enrol(ports, node);
}

async function applyChange(ports: RosterActorPorts, node: RosterNode): Promise<void> {
  const after = node.status();
  const details = after && {
    version: after.terms.version,
    list: after.list,
    state: after.state,
    waiting: after.waiting?.terms.version ?? null,
    member: after.membership !== null,
  };
  await ports.audit({ type: 'org.changed', ...(details ? { details } : {}) });
  await ports.reload();
}

/** @returns whether anything has changed */
async function askOne(ports: RosterActorPorts, node: RosterNode, peer: string, refusals: Refusals): Promise<boolean> {
  let isChanged = false;
  for (let count = 0; count < MAX_QUESTIONS; count += 1) {
    const question = node.question();
    if (question === null) return isChanged;
    try {
      const { body } = await ports.ask(peer, question);
      const isNew = node.take(body);
      refusals.delete(peer);
      isChanged ||= isNew;
      if (!isNew) return isChanged;
    } catch (error) {
      if (!(error instanceof CaroError)) throw error;
      if (error.code.startsWith('roster_')) {
        refusals.set(peer, { code: error.code, at: isoTime(ports.now()) });
        await ports.audit({ type: 'org.refused', peer, details: { code: error.code } });
      }
      // A supervisor that is away is asked again later. News that are refused in part, such as a
      // false pass behind a new head, have changed something all the same.
      return isChanged || JSON.stringify(node.question()) !== JSON.stringify(question);
    }
  }
  return isChanged;
}

async function enrol(ports: RosterActorPorts, node: RosterNode): Promise<void> {
  const enrolment = node.enrolment();
  if (enrolment === null) return;
  for (const { id, addresses } of enrolment.supervisors) {
    try {
      const result = await ports.enrol(id, addresses, enrolment.request);
      if (result !== 'closed' && result !== 'full') return;
    } catch (error) {
      if (!(error instanceof CaroError)) throw error;
    }
  }
}
