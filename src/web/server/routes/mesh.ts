import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { SpanHours, TimeLimitMs } from '../../../domain/answers/query.ts';
import { CaroError } from '../../../domain/errors.ts';
import type { QueryType } from '../../../domain/policy/trust.ts';
import { isoTime } from '../../../domain/time/iso-time.ts';
import type { Proof } from '../../ipc-protocol.ts';
import { type DashboardPorts, proofIn } from '../ports.ts';
import * as schemas from '../schemas/mesh-schemas.ts';
import { project } from '../schemas/projection.ts';
import { INPUTS } from '../schemas/schemas.ts';

const HOUR_MS = 3_600_000;
/**
 * The daemon uses the shortest span that covers `since`. The time on the way must not select the
 * next longer one.
 */
const LEEWAY_MS = 60_000;

interface Question {
  readonly type: QueryType;
  readonly spanHours: SpanHours;
  readonly timeoutMs?: TimeLimitMs;
}

/** Queries to the mesh (FR-601, FR-803, FR-804). */
export function meshRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  app.post<{ Body: Question }>(
    '/api/mesh/query',
    { schema: { body: INPUTS.question, response: { 200: schemas.QUERY_LINE } } },
    (request, reply) => {
      const lines = new PassThrough();
      void answer(ports, request.body, proofIn(request.headers, ports.port), lines);
      return reply.type('application/x-ndjson; charset=utf-8').send(lines);
    },
  );
}

/** Writes a line whenever a target has ended, and the result last. */
async function answer(ports: DashboardPorts, question: Question, proof: Proof, lines: PassThrough): Promise<void> {
  const write = (line: unknown): void => {
    if (lines.writable) lines.write(`${JSON.stringify(project(schemas.QUERY_LINE, line))}\n`);
  };
  const { type, spanHours, timeoutMs } = question;
  const since = isoTime(ports.now() - spanHours * HOUR_MS + LEEWAY_MS);
  try {
    const asked = { type, since, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    write({ result: await ports.daemon.act('mesh.query', asked, proof, (progress) => write({ progress })) });
  } catch (error) {
    const known = error instanceof CaroError;
    if (!known) console.error(error);
    write({ error: known ? error : { code: 'internal', message: 'A defect in this program; nothing was changed.' } });
  }
  lines.end();
}
