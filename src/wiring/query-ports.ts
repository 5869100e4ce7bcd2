import { randomBytes } from 'node:crypto';
import type { AskPorts } from '../actors/query-router/mesh-question.ts';
import type { BusClient } from '../bus/bus.ts';
import type { AnomalyReport } from '../domain/anomalies/anomaly.ts';
import { findAnomalies } from '../domain/anomalies/anomaly-detection.ts';
import type { Vocabulary } from '../domain/answers/vocabulary.ts';
import { CaroError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time/period.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { ResponderPorts } from '../policy/responder.ts';
import type { Database } from '../storage/database.ts';
import { readAnswerFigures } from '../storage/events/answer-reader.ts';
import { readHistory } from '../storage/events/history-reader.ts';

/** So far back the usual is taken from. */
const HISTORY_MS = 365 * DAY_MS;

/** What was unusual in a span, without the commands of some tools. */
export function anomaliesOf(
  database: Database,
  sinceMs: number,
  untilMs: number,
  deniedTools: readonly string[] = [],
): AnomalyReport {
  const history = readHistory(database, untilMs - HISTORY_MS, sinceMs, untilMs, deniedTools);
  return findAnomalies(history, { sinceMs, untilMs });
}

/**
 * The catalogue and the rules are large; a node that nobody asks and that asks nobody does without
 * them.
 */
const readVocabulary = async (): Promise<Vocabulary> => (await import('../risk/vocabulary.ts')).vocabulary();

export function responderPorts({
  database,
  bus,
}: {
  readonly database: Database;
  readonly bus: BusClient;
}): ResponderPorts {
  return {
    figures: (sinceMs, untilMs, denied) =>
      readAnswerFigures(database, sinceMs, untilMs, denied, () => anomaliesOf(database, sinceMs, untilMs, denied)),
    vocabulary: readVocabulary,
    audit: (entry) => bus.request('audit.append', entry),
    now: Date.now,
  };
}

export function askPorts(
  self: AskPorts['self'],
  bus: BusClient,
  ask: AskPorts['ask'],
  account: AskPorts['account'] = (id) => id,
): AskPorts {
  return {
    self,
    vocabulary: readVocabulary,
    ask,
    account,
    failureState,
    audit: (entry) => bus.request('audit.append', entry),
    progress: (notice) => void bus.publish('query.partial', notice),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    now: Date.now,
    ticks: steadyMs,
  };
}

/** A peer that is not there, one that left and one that stays silent look the same to the asker. */
const SILENCE: ReadonlySet<string> = new Set(['not_running', 'peer_unreachable', 'peer_gone', 'deadline_exceeded']);

function failureState(error: unknown): ReturnType<AskPorts['failureState']> {
  const code = error instanceof CaroError ? error.code : 'internal';
  if (code === 'clock_skewed') return 'skewed';
  return SILENCE.has(code) ? 'no_response' : 'error';
}
