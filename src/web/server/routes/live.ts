import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { refuse } from '../guards.ts';
import type { DashboardPorts } from '../ports.ts';

const MAX_STREAMS = 16;
/** Shorter than any idle limit between here and the page. */
const BEAT_MS = 15_000;
/** A slower reader is disconnected: the page reads what it missed from the database. */
const MAX_BUFFERED = 1024 * 1024;

/**
 * New events as they are recorded: a stream of `text/event-stream` that the page reads with
 * `fetch`, because `EventSource` cannot send the page's token. Each message is `event: events` with
 * a JSON array of events.
 */
export function liveRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  const open = new Set<PassThrough>();
  app.get('/api/live', async (_request, reply) => {
    if (open.size >= MAX_STREAMS) {
      return refuse(reply, { status: 503, code: 'too_many_streams', message: 'Too many pages of this kind are open.' });
    }
    const stream = new PassThrough();
    open.add(stream);
    stream.once('close', () => open.delete(stream));
    try {
      // The answer begins once the daemon sends events, so the stream holds all that is recorded
      // from then on.
      await begin(stream, ports);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    return reply.type('text/event-stream; charset=utf-8').send(stream);
  });
}

/** Events into the stream, until it is closed. @throws CaroError `deadline_exceeded` */
async function begin(stream: PassThrough, { daemon }: Pick<DashboardPorts, 'daemon'>): Promise<void> {
  const unfollow = await daemon.follow((events) => {
    if (stream.writableLength > MAX_BUFFERED) stream.destroy();
    else stream.write(`event: events\ndata: ${JSON.stringify(events)}\n\n`);
  });
  const beat = setInterval(() => stream.write(': beat\n\n'), BEAT_MS);
  stream.once('close', () => {
    clearInterval(beat);
    unfollow();
  });
  stream.write(': open\n\n');
}
