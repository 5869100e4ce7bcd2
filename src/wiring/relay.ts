import { randomBytes } from 'node:crypto';
import type { PeerAnswer, QueryBody } from '../domain/answers/query.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import type { PeerReply, PeerRequest, Sent } from '../domain/exchange.ts';
import type { Presence } from '../domain/fleet/roll-call.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import { RELAY_SCHEME, type RosterHead } from '../domain/organisation/roster.ts';
import type { ConnectMode } from '../domain/relay/connect-mode.ts';
import type { RelayRequest } from '../domain/relay/relay-exchange.ts';
import type { RelayStatus } from '../domain/status/relay-status.ts';
import type { MeshPorts } from '../mesh/ports.ts';
import type { RelayPorts } from '../mesh/relay/ports.ts';
import type { Relay, RelayOptions } from '../mesh/relay/relay.ts';
import type { KeptPass } from '../storage/mesh/roster-store.ts';
import { VERSION } from '../version.ts';
import type { ServiceContext } from './service-context.ts';

const HOUR_MS = 3_600_000;
const REFUSALS_MS = 60_000;

/** The relay of the organization, used or not as roster, pass and configuration say. */
export interface RelayUse {
  /** MUST be called when one of them may have changed. */
  readonly follow: (configuration: Configuration) => void;
  /** Null where this node uses no relay. */
  readonly status: () => RelayStatus | null;
  /** Undefined for a request that needs a connection, or while the relay is not connected. */
  readonly exchange: (peer: string, request: PeerRequest, deadlineMs: number) => Promise<Sent<PeerReply>> | undefined;
  /** Undefined while the relay is not connected, and on a node that may not ask over it. */
  readonly ask: (
    members: readonly string[],
    query: QueryBody,
    deadlineMs: number,
  ) => Promise<ReadonlyMap<string, PeerAnswer>> | undefined;
  /** As `ask`. */
  readonly rollCall: (
    members: readonly string[],
    deadlineMs: number,
  ) => Promise<ReadonlyMap<string, Presence>> | undefined;
  /** MUST be called every quarter of an hour. */
  readonly keepUp: () => void;
  /** MUST be called when addresses of this machine have changed. */
  readonly probe: () => void;
  readonly close: () => Promise<void>;
}

/** What the rest of the node answers, as for connections; and whether it may talk to a node. */
export interface RelayUsePorts
  extends Pick<MeshPorts, 'decide' | 'check' | 'record' | 'audit' | 'isNamed' | 'onBlind' | 'onOrg' | 'onQuery'>,
    Pick<RelayPorts, 'mayConnect'> {}

interface Plan {
  readonly head: RosterHead;
  readonly mode: ConnectMode;
  readonly pollHours: number;
  readonly pass: KeptPass | undefined;
}

interface OpenRelay {
  readonly relay: Relay;
  readonly isAsking: boolean;
  readonly passExpires: string;
}

/** Its code is loaded with the first pass: a node without a relay never needs it. */
export function createRelayUse(context: ServiceContext, ports: RelayUsePorts): RelayUse {
  const { identity, log } = context;
  let name = '';
  let plan: Plan | null = null;
  let open: OpenRelay | null = null;
  let failure: CaroError | null = null;
  /** One change after the other. */
  let turn = Promise.resolve();
  const change = async (next: Plan | null): Promise<void> => {
    const before = open;
    open = null;
    failure = null;
    await before?.relay.close();
    if (next?.pass !== undefined) open = await openWith(context, ports, next, next.pass);
  };
  const apply = (next: Plan | null): void => {
    const nextName = next === null ? '' : nameOf(next);
    if (nextName === name) return;
    name = nextName;
    plan = next;
    turn = turn
      .then(() => change(next))
      .catch((error: unknown) => {
        failure = error instanceof CaroError ? error : new CaroError('internal', 'the relay could not be opened');
        log.error({ err: error }, 'relay not opened');
      });
  };
  const connected = (): OpenRelay | undefined => (open?.relay.isOpen() ? open : undefined);
  return {
    follow: (configuration) => apply(planOf(context, configuration, identity.id)),
    status: () => plan && statusOf(plan, open, failure),
    exchange: (peer, request, deadlineMs) =>
      isRelayed(request) ? connected()?.relay.exchange(peer, request, deadlineMs) : undefined,
    ask: (members, query, deadlineMs) => {
      const found = connected();
      return found?.isAsking ? found.relay.ask(members, query, deadlineMs) : undefined;
    },
    rollCall: (members, deadlineMs) => {
      const found = connected();
      return found?.isAsking ? found.relay.rollCall(members, deadlineMs) : undefined;
    },
    keepUp: () => open?.relay.keepUp(),
    probe: () => open?.relay.probe(),
    close: async () => {
      apply(null);
      await turn;
    },
  };
}

/** A roster that grants nothing for good gives no relay; one that has expired may be renewed. */
function planOf({ roster }: ServiceContext, { org, relay }: Configuration, self: string): Plan | null {
  if (relay.connect === 'off' || !org.follow) return null;
  const view = roster.view();
  if (view === null || view.isForked || view.current.relays.length === 0) return null;
  const { current: head } = view;
  const isAggregator = [...head.supervisors, ...head.trustees].some(({ id }) => id === self);
  const mode = relay.connect === 'auto' ? (isAggregator ? 'stay' : 'poll') : relay.connect;
  return { head, mode, pollHours: relay.poll_hours, pass: roster.pass(self) };
}

/** Changes with everything that needs another connection. */
const nameOf = ({ head, mode, pollHours, pass }: Plan): string =>
  JSON.stringify([head.relays, head.supervisors, head.trustees, mode, pollHours, pass?.createdAt]);

export const isRelayed = (request: PeerRequest): request is RelayRequest =>
  request.type !== 'advisory' && request.type !== 'org-join';

function statusOf({ mode, pass }: Plan, open: OpenRelay | null, failure: CaroError | null): RelayStatus {
  const none = { mode, nextAt: null, passExpires: null };
  if (pass === undefined) return { ...none, state: 'no_pass', code: null };
  if (failure !== null) return { ...none, state: 'unusable', code: failure.code };
  if (open === null) return { ...none, state: 'connecting', code: null };
  return { ...open.relay.state(), passExpires: open.passExpires };
}

async function openWith(
  context: ServiceContext,
  ports: RelayUsePorts,
  { head, mode, pollHours }: Plan,
  { document }: KeptPass,
): Promise<OpenRelay> {
  const { bus, identity, places, pool } = context;
  const [{ openRelay }, { createRefusalLog }, { readPass, unsealPass }, { openCardKeys }] = await Promise.all([
    import('../mesh/relay/relay.ts'),
    import('../mesh/refusal-log.ts'),
    import('../organisation/relay-pass.ts'),
    import('../keys/card-keys.ts'),
  ]);
  const keys = openCardKeys(places.cardKeys);
  const box = { publicKey: bytesOf(keys.card().sealingKey), secretKey: keys.sealingKey() };
  const { pass } = readPass(document);
  const { fleet, docs, questionKey } = unsealPass(pass, box);
  const settings: RelayOptions['settings'] = {
    relays: relaysOf(head),
    fleet,
    ...(docs === null ? {} : { docs }),
    signNonce: keys.signConnection,
    boxes: [box],
    questionKey: bytesOf(questionKey),
    boxOf: (id) => {
      const found = [...head.supervisors, ...head.trustees].find((node) => node.id === id);
      return found && bytesOf(found.card.sealingKey);
    },
  };
  const refusals = createRefusalLog(ports.audit, REFUSALS_MS, ({ peer }) => peer !== undefined && ports.isNamed(peer));
  const relay = openRelay({
    identity,
    version: VERSION,
    settings,
    mode,
    pollMs: pollHours * HOUR_MS,
    now: Date.now,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    ports: {
      ...ports,
      onOrg: async (peer, request) => {
        const reply = await ports.onOrg(peer, request);
        if (reply.type === 'org-news') return reply;
        throw new CaroError('internal', 'expected news of the roster');
      },
      openMany: (arrived) => pool.run('openAnswers', { boxes: [box], arrived }),
      // What waits for a connection is sent now.
      onOpen: () => {
        for (const topic of ['blind.due', 'org.due'] as const) void bus.publish(topic, {}).catch(() => undefined);
      },
      onRefuse: (code, peer) =>
        refusals.refuse({ code, address: null, direction: 'inbound', ...(peer === undefined ? {} : { peer }) }),
    },
  });
  const close = async (): Promise<void> => {
    await relay.close();
    refusals.close();
  };
  return { relay: { ...relay, close }, isAsking: docs !== null, passExpires: pass.expires };
}

const relaysOf = (head: Plan['head']): RelayOptions['settings']['relays'] =>
  head.relays.flatMap(({ url, key }) => {
    const endpoint = parseEndpoint(url.slice(RELAY_SCHEME.length));
    return endpoint === undefined ? [] : [{ ...endpoint, key }];
  });

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
