import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import type { ConnectMode } from '../../domain/relay/connect-mode.ts';
import { answerSubject, replySubject, SAY } from '../../domain/relay/subjects.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Identity } from '../../identity/identity.ts';
import { mailboxOf } from '../../identity/mailbox.ts';
import { steadyMs } from '../../platform/steady-clock.ts';
import { createNonceCache } from '../protocol/nonce-cache.ts';
import type { RelayPorts } from './ports.ts';
import { createRelayGate } from './relay-gate.ts';
import { createRelayIntake } from './relay-intake.ts';
import { openRelayLink, type RelayLink, type Taken } from './relay-link.ts';
import { type Asker, createAsker, createListener } from './relay-questions.ts';
import { createRelayRequests, type RelayRequests } from './relay-requests.ts';
import type { RelaySettings } from './settings.ts';

export interface RelayOptions {
  readonly identity: Pick<Identity, 'id' | 'sign' | 'fingerprint'>;
  readonly version: string;
  readonly settings: RelaySettings;
  readonly mode: ConnectMode;
  /**
   * Mean time between two connections in the mode `poll`; each is drawn from half to one and a
   * half.
   */
  readonly pollMs: number;
  readonly ports: RelayPorts;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Tests use shorter times. */
  readonly times?: Partial<RelayTimes>;
}

export interface RelayTimes {
  readonly redialFirstMs: number;
  readonly redialMaxMs: number;
  /** After refused credentials, which come back only when an officer acts. */
  readonly refusedMs: number;
  /** How long a connection in the mode `poll` stays after its last request. */
  readonly idleMs: number;
  /** After this time an aggregator gets a request again that it took and did not settle. */
  readonly settleMs: number;
}

const TIMES: RelayTimes = {
  redialFirstMs: 1_000,
  redialMaxMs: 60_000,
  refusedMs: 15 * 60_000,
  idleMs: 20_000,
  settleMs: 30_000,
};

export interface RelayState {
  readonly state: 'connected' | 'connecting' | 'waiting';
  /** Why the last attempt failed, or the last connection ended; null while connected. */
  readonly code: ErrorCode | null;
  /** When the node connects next; null while it is connected. */
  readonly nextAt: string | null;
  readonly mode: ConnectMode;
}

export interface Relay extends Pick<RelayRequests, 'exchange'>, Pick<Asker, 'ask' | 'rollCall'> {
  readonly state: () => RelayState;
  readonly isOpen: () => boolean;
  /**
   * MUST be called every quarter of an hour: connects if its time has come by the wall clock. A
   * timer does not count the time in which the machine was suspended.
   */
  readonly keepUp: () => void;
  /** MUST be called when addresses of this machine have changed: a connection may be dead. */
  readonly probe: () => void;
  readonly close: () => Promise<void>;
}

/** Connects with a relay as `mode` says, until it is closed. Rejects nothing: it dials again. */
export function openRelay(options: RelayOptions): Relay {
  const { settings, ports, now, randomBytes, identity, version } = options;
  const times = { ...TIMES, ...options.times };
  const { boxes, boxOf, questionKey, docs } = settings;
  const self = identity.id;
  const links: { fleet?: RelayLink; docs?: RelayLink } = {};
  const gate = createRelayGate({ identity, box: boxes[0].publicKey, ports, now, randomBytes });
  const requests = createRelayRequests({ self, gate, boxes, boxOf, link: () => links.fleet, randomBytes });
  const asker = createAsker({
    self,
    gate,
    questionKey,
    boxes,
    outlet: () => links.docs,
    randomBytes,
    openMany: ports.openMany,
  });
  const listen = createListener({
    self,
    version,
    gate,
    questionKey,
    nonces: createNonceCache(steadyMs),
    ports,
    outlet: () => links.fleet,
    now,
  });
  const intake = createRelayIntake({ self, gate, boxes, ports, outlet: () => links.docs, now });
  const dialler = createDialler(options, times, {
    connect: async (at, signal) => {
      const connected = await connectBoth(settings, self, at, signal);
      Object.assign(links, connected);
      void connected.fleet.ended.then((error) => requests.lost(connected.fleet, error));
      const { settleMs } = times;
      await serve(connected, { self, intake, requests, asker, listen, settleMs, isAsking: docs !== undefined });
      return connected.fleet;
    },
    disconnect: () => closeBoth(links),
    isBusy: () => requests.waiting() > 0,
  });
  return {
    exchange: async (...request) => {
      try {
        return await requests.exchange(...request);
      } finally {
        dialler.used();
      }
    },
    ask: asker.ask,
    rollCall: asker.rollCall,
    state: dialler.state,
    isOpen: () => links.fleet?.isOpen() ?? false,
    keepUp: dialler.keepUp,
    probe: () => {
      for (const link of [links.fleet, links.docs]) void link?.probe().catch(() => undefined);
    },
    close: dialler.close,
  };
}

async function closeBoth(links: { fleet?: RelayLink; docs?: RelayLink }): Promise<void> {
  const { fleet, docs } = links;
  delete links.fleet;
  delete links.docs;
  await Promise.allSettled([fleet?.close(), docs?.close()]);
}

interface Links {
  readonly fleet: RelayLink;
  readonly docs?: RelayLink;
}

async function connectBoth(
  { relays, fleet, docs, signNonce }: RelaySettings,
  self: string,
  attempt: number,
  signal: AbortSignal,
): Promise<Links> {
  const relay = relays[attempt % relays.length];
  if (!relay) throw new CaroError('relay_unreachable', 'expected the address of a relay, there is none');
  const credentials = { signNonce, mailbox: mailboxOf(self) };
  const first = await openRelayLink(relay, { ...credentials, jwt: fleet }, signal);
  if (docs === undefined) return { fleet: first };
  try {
    return { fleet: first, docs: await openRelayLink(relay, { ...credentials, jwt: docs }, signal) };
  } catch (error) {
    await first.close();
    throw error;
  }
}

interface Served {
  readonly self: string;
  readonly intake: Taken;
  readonly requests: RelayRequests;
  readonly asker: Asker;
  readonly listen: ReturnType<typeof createListener>;
  readonly settleMs: number;
  /** Whether this node has credentials of an aggregator or analyst. */
  readonly isAsking: boolean;
}

async function serve(
  { fleet, docs }: Links,
  { self, intake, requests, asker, listen, settleMs, isAsking }: Served,
): Promise<void> {
  const me = mailboxOf(self);
  fleet.subscribe(replySubject(me, '*', '*'), (subject, box) => requests.hear({ subject, box }));
  fleet.subscribe(SAY, (subject, box) => void listen({ subject, box }).catch(() => undefined));
  if (isAsking && docs) {
    fleet.subscribe(answerSubject(me, '*'), (subject, box) => asker.hear({ subject, box }));
    await docs.keepReplies(replySubject('*', me, '*'));
    await fleet.consume(intake, settleMs);
    void docs.ended.then(() => fleet.close());
  }
  await fleet.flush();
}

interface DialParts {
  /** `signal`: gives the attempt up. */
  readonly connect: (attempt: number, signal: AbortSignal) => Promise<RelayLink>;
  readonly disconnect: () => Promise<void>;
  readonly isBusy: () => boolean;
}

/** Waits between attempts: from half of a step to all of it, so that nodes come back spread. */
function createWaits({ mode, pollMs, randomBytes }: RelayOptions, times: RelayTimes) {
  const random = (): number => Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
  let stepMs = times.redialFirstMs;
  return {
    /** A connection that ends at once has not worked: the wait goes on growing. */
    lasted: (ms: number): void => {
      if (ms > times.redialFirstMs) stepMs = times.redialFirstMs;
    },
    afterFailure: (code: ErrorCode): number => {
      const isRefused = code === 'relay_refused' || code === 'relay_key_changed';
      const longestMs = isRefused ? times.refusedMs : stepMs;
      stepMs = Math.min(2 * stepMs, times.redialMaxMs);
      return longestMs / 2 + (random() * longestMs) / 2;
    },
    untilPoll: (): number => (mode === 'poll' ? pollMs / 2 + random() * pollMs : 0),
  };
}

/** Ends a connection after `idleMs` without a request; null for one that stays. */
function createStay(idleMs: number | null, isBusy: () => boolean, disconnect: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let isLeaving = false;
  let isOpen = false;
  const leave = (): void => {
    isLeaving = !isBusy();
    if (isLeaving) disconnect();
    else used();
  };
  const used = (): void => {
    clearTimeout(timer);
    if (idleMs !== null && isOpen) timer = setTimeout(leave, idleMs);
  };
  return {
    begin: (): void => {
      isOpen = true;
      used();
    },
    used,
    /** Whether this side has ended it. */
    leave: (): boolean => {
      clearTimeout(timer);
      const hasLeft = isLeaving;
      isLeaving = false;
      isOpen = false;
      return hasLeft;
    },
  };
}

/** Decides when to connect, and when a connection of the mode `poll` ends. */
function createDialler(options: RelayOptions, times: RelayTimes, { connect, disconnect, isBusy }: DialParts) {
  const { mode, ports, now } = options;
  const waits = createWaits(options, times);
  const closing = new AbortController();
  const { signal } = closing;
  let timer: NodeJS.Timeout | undefined;
  let attempts = 0;
  let state: Pick<RelayState, 'state' | 'code' | 'nextAt'> = { state: 'connecting', code: null, nextAt: null };
  const after = (delayMs: number, code: ErrorCode | null): void => {
    if (signal.aborted) return;
    state = { state: 'waiting', code, nextAt: isoTime(now() + delayMs) };
    timer = setTimeout(begin, delayMs);
  };
  const begin = (): void => {
    clearTimeout(timer);
    running = attempt();
  };
  const again = (code: ErrorCode): void => after(waits.afterFailure(code), code);
  const stay = createStay(mode === 'poll' ? times.idleMs : null, isBusy, () => void disconnect());
  const ended = async (error: CaroError, sinceMs: number): Promise<void> => {
    const hasLeft = stay.leave();
    await disconnect();
    waits.lasted(steadyMs() - sinceMs);
    if (hasLeft) after(waits.untilPoll(), null);
    else again(error.code);
  };
  const attempt = async (): Promise<void> => {
    state = { state: 'connecting', code: state.code, nextAt: null };
    let link: RelayLink;
    try {
      link = await connect(attempts, signal);
    } catch (error) {
      attempts += 1;
      await disconnect();
      again(error instanceof CaroError ? error.code : 'internal');
      return;
    }
    state = { state: 'connected', code: null, nextAt: null };
    const sinceMs = steadyMs();
    void link.ended.then((error) => ended(error, sinceMs));
    stay.begin();
    if (!signal.aborted) ports.onOpen();
  };
  let running = attempt();
  return {
    used: stay.used,
    state: (): RelayState => ({ ...state, mode }),
    keepUp: (): void => {
      if (!signal.aborted && state.nextAt !== null && Date.parse(state.nextAt) <= now()) begin();
    },
    close: async (): Promise<void> => {
      closing.abort();
      clearTimeout(timer);
      await disconnect();
      await running;
      stay.leave();
      await disconnect();
    },
  };
}
