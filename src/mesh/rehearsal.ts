/**
 * Runs the code that a query needs once while the node is idle, without a peer. V8 frees code that
 * did not run since the last collections (bin/v8-flags.txt); compiling it again took three quarters
 * of the processor time of the next query (docs/adr/0002).
 */
import { steadyMs } from '../platform/steady-clock.ts';
import type { EgressPorts } from './egress/egress-checks.ts';
import { createEgressGate, type Outlet } from './egress/egress-gate.ts';
import type { MeshOptions } from './mesh-options.ts';
import { createMessageReader } from './protocol/message-check.ts';
import { SESSION_BYTES, type Typed } from './protocol/messages.ts';
import { createNonceCache } from './protocol/nonce-cache.ts';
import { DEFAULT_LIMITS } from './transport/limits.ts';

const QUERY = { type: 'tool-usage', spanHours: 24 } as const;
const OPEN = 1;

/**
 * This node asks itself and reads its own messages. The gate is a second one without a ledger, and
 * its socket hands the bytes to the reader: nothing is sent, stored or recorded.
 */
export async function rehearse(
  options: Pick<MeshOptions, 'identity' | 'now' | 'randomBytes' | 'ports'>,
): Promise<void> {
  const { identity, ports } = options;
  // One instant: a clock that is set meanwhile would make the reader refuse, in a microtask of the
  // gate, which would end the service.
  const nowMs = options.now();
  const now = (): number => nowMs;
  const { id: self, publicKey } = identity;
  const session = Buffer.alloc(SESSION_BYTES).toString('base64');
  const facts = { self, peer: self, publicKey, session, openedMs: now() };
  const reader = createMessageReader(facts, createNonceCache(steadyMs), now);
  const gate = createEgressGate({ ...options, now, ports: silent(ports), limits: DEFAULT_LIMITS });
  const nowhere: Outlet = {
    readyState: OPEN,
    bufferedAmount: 0,
    send: (text) => void reader.read(text),
    ping: () => undefined,
    pong: () => undefined,
    close: () => undefined,
  };
  const { send } = gate.open(nowhere, { id: self, address: '', session, isPairing: false });
  const answer = await ports.rehearseAnswer(QUERY);
  const messages: readonly Typed[] = [
    { type: 'hello', body: { rotations: [] } },
    { type: 'query', body: QUERY },
    { type: 'response', body: answer },
  ];
  for (const message of messages) await send(message);
}

const silent = ({ check }: EgressPorts): EgressPorts => ({
  decide: () => ({ allow: true, level: null, rule: 'rehearsal' }),
  check,
  record: () => undefined,
  audit: () => undefined,
});
