/**
 * A leader or a trustee as a process of its own, with a real database. The test carries messages
 * between it, the other aggregator and the nodes. After a step that has changed the database, or
 * the file of totals, it ends itself by SIGKILL.
 *
 * argv: role, home
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AggregatorsPorts } from '../../../src/blind/aggregator/aggregators.ts';
import type { AggregatorRole } from '../../../src/blind/vdaf/vdaf.ts';
import type { BlindReply, BlindRequest } from '../../../src/domain/blind/exchange.ts';
import { CaroError } from '../../../src/domain/errors.ts';
import type { Database } from '../../../src/storage/database.ts';
import { openSide, rigParts } from './rig.ts';

/** What the test asks for: a request of a peer, or a round of work. */
export interface AggregatorCall {
  readonly kind: 'call';
  readonly nowMs: number;
  readonly request: { readonly peer: string; readonly request: BlindRequest } | null;
}

export type ToAggregator =
  | AggregatorCall
  /** Null: the other aggregator has ended. */
  | { readonly kind: 'answer'; readonly reply: BlindReply | null };

export type FromAggregator =
  | { readonly kind: 'done'; readonly reply: BlindReply | null }
  | { readonly kind: 'ask'; readonly request: BlindRequest };

const [role, home] = process.argv.slice(2) as [AggregatorRole, string];
let nowMs = 0;
let answered: ((reply: BlindReply | null) => void) | undefined;

const send = (message: FromAggregator): void => void process.send?.(message);

const ask = async (_peer: string, request: BlindRequest): Promise<BlindReply> => {
  const reply = await new Promise<BlindReply | null>((resolve) => {
    answered = resolve;
    send({ kind: 'ask', request });
  });
  if (!reply) throw new CaroError('peer_gone', 'expected the trustee, it has ended');
  return reply;
};

/** A durable step is over: the process ends before the next one. */
function ended(step: string): void {
  appendFileSync(join(home, 'steps'), `${step}\n`);
  process.kill(process.pid, 'SIGKILL');
}

const STEPS = ['add', 'prepare', 'answer', 'finish', 'close', 'follow', 'settle'] as const;

function killable(ports: AggregatorsPorts, database: Database): AggregatorsPorts {
  const changes = (): unknown => database.prepare('SELECT total_changes()').pluck().get();
  const store: Record<string, unknown> = { ...ports.store };
  for (const step of STEPS) {
    const real = ports.store[step] as (...args: readonly unknown[]) => void;
    store[step] = (...args: readonly unknown[]) => {
      const before = changes();
      real(...args);
      // A step that is repeated and changes nothing would end every life of the process.
      if (changes() !== before) ended(step);
    };
  }
  const kept = join(home, 'totals');
  appendFileSync(kept, '');
  return {
    ...ports,
    store: store as unknown as AggregatorsPorts['store'],
    keep: ({ day, blocks }) => {
      const isFirst = readFileSync(kept, 'utf8') === '';
      appendFileSync(kept, `${JSON.stringify({ day, blocks })}\n`);
      if (isFirst) ended('keep');
      return Promise.resolve();
    },
  };
}

async function main(): Promise<void> {
  const side = await openSide(home, role, {
    ...rigParts(),
    ask,
    now: () => nowMs,
    change: killable,
  });
  for (const id of JSON.parse(readFileSync(join(home, 'members'), 'utf8')) as readonly string[])
    side.members.set(id, null);
  const run = async ({ request, nowMs: at }: AggregatorCall): Promise<BlindReply | null> => {
    nowMs = at;
    if (request) return side.take(request.peer, request.request);
    await side.aggregators.work();
    return null;
  };
  process.on('message', (message: ToAggregator) => {
    if (message.kind === 'answer') answered?.(message.reply);
    else void run(message).then((reply) => send({ kind: 'done', reply }));
  });
}

process.once('disconnect', () => process.exit());
void main();
