/** Has commands classified and rated: the usual ones by the actors, long ones in a thread. */
import type { BusClient } from '../../bus/bus.ts';
import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { Classification, CommandText, RiskRating } from '../../bus/messages/observation.ts';
import type { StartedCommand } from '../../domain/events/event.ts';
import type { RawCommand } from '../../domain/spool/observation.ts';

export interface LongRating {
  readonly classification: Omit<Classification, 'analysis'>;
  readonly rating: RiskRating;
}

export interface RatingPorts {
  readonly bus: BusClient;
  /**
   * Classifies and rates a long command without blocking this thread. Null if that took too long or
   * its thread ended. MUST reject when the service stops meanwhile: the next one rates the command.
   */
  readonly rateLong: (command: CommandText & { readonly cwd: string | null }) => Promise<LongRating | null>;
}

/**
 * Commands rated at a time. Their syntax trees are then still in the young generation of the heap.
 */
const RATED = 32;
/** Characters of a command from which on it is rated in a thread. */
export const LONG = 4 * 1024;

/** What is stored of a command that could not be rated: all of it is masked. */
const UNRATED: LongRating = {
  classification: {
    text: '‹redacted:not-analysed›',
    redacted: true,
    tools: [],
    category: 'other',
    pattern: { name: 'other', tool: 'other' },
  },
  rating: { level: 'moderate', rules: ['evasion.unreadable'] },
};

/**
 * In the order given. Requests are answered between two parts of it. `onPart` is called before each
 * part.
 */
export async function rateAll(
  ports: RatingPorts,
  begun: readonly RawCommand[],
  redact: boolean,
  onPart: (some: readonly RawCommand[]) => void = () => undefined,
): Promise<readonly StartedCommand[]> {
  const started: StartedCommand[] = [];
  for (let from = 0; from < begun.length; ) {
    const some = usual(begun, from);
    const long = begun[from];
    onPart(some.length === 0 && long ? [long] : some);
    if (some.length > 0) started.push(...(await rateSome(ports, some, redact)));
    else if (long) started.push(await rateLong(ports, long, redact));
    from += Math.max(1, some.length);
    if (from < begun.length) await yieldToEventLoop();
  }
  return started;
}

/** The next commands that the actors rate together; none if the first one is long. */
function usual(begun: readonly RawCommand[], from: number): readonly RawCommand[] {
  let [to, length] = [from, 0];
  for (; to < Math.min(begun.length, from + RATED); to += 1) {
    const size = begun[to]?.command.length ?? 0;
    length += size;
    if (size >= LONG || (to > from && length > 2 * LONG)) break;
  }
  return begun.slice(from, to);
}

async function rateSome(
  { bus }: RatingPorts,
  begun: readonly RawCommand[],
  redact: boolean,
): Promise<readonly StartedCommand[]> {
  const classified = await bus.request('command.classify', begun);
  const questions = classified.map(({ analysis }, index) => ({ analysis, cwd: begun[index]?.cwd ?? null }));
  const ratings = await bus.request('command.assess', questions);
  return begun.flatMap((raw, index) => {
    const [classification, rating] = [classified[index], ratings[index]];
    return classification && rating ? [toStarted(raw, classification, rating, redact)] : [];
  });
}

/** What is stored of a command that is not analysed. */
export const unrated = (raw: RawCommand): StartedCommand =>
  toStarted(raw, UNRATED.classification, UNRATED.rating, true);

/** Without a rating the text is masked whatever the owner's setting: nobody has looked at it. */
async function rateLong(ports: RatingPorts, raw: RawCommand, redact: boolean): Promise<StartedCommand> {
  const { command, shell, cwd } = raw;
  const found = await ports.rateLong({ command, shell, cwd });
  return found ? toStarted(raw, found.classification, found.rating, redact) : unrated(raw);
}

/** What is stored of a command. Without `redact` the text stays as typed. */
function toStarted(
  raw: RawCommand,
  { text, redacted, tools, category, pattern }: Omit<Classification, 'analysis'>,
  { level, rules }: RiskRating,
  redact: boolean,
): StartedCommand {
  const { key, startMs, shell, cwd, origin, agent, project } = raw;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(project === undefined ? {} : { project }),
    ...(origin === undefined ? {} : { origin }),
    key,
    startMs,
    shell,
    cwd,
    command: redact ? text : raw.command,
    redacted: redact && redacted,
    tools,
    category,
    pattern,
    risk: level,
    rules,
  };
}
