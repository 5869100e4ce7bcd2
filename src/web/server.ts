import type { Server } from 'node:http';
import { Socket } from 'node:net';
import { CaroError } from '../domain/errors.ts';
import { openReader, type Reader } from '../storage/reader.ts';
import { createApplication } from './application.ts';
import { DaemonLine } from './daemon-line.ts';
import { decodeFromDaemon, type PageMessage, type Setup } from './link.ts';
import { SessionBook } from './session-book.ts';

/** Entry of the page's process: one setup message, then connections, until it has idled long enough or the daemon is gone. */
function main(): void {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (value) => {
    const message = decodeFromDaemon(value);
    if (message?.type !== 'setup') process.exit(2);
    serve(message).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}

async function serve(setup: Setup): Promise<void> {
  const tell = (message: PageMessage): void => void process.send?.(message);
  const daemon = new DaemonLine(tell);
  const app = await createApplication({
    port: setup.port,
    pageFolder: setup.pageFolder,
    now: Date.now,
    sessions: new SessionBook(Date.now, setup.sessions),
    daemon,
    reader: lazyReader(setup.databaseFile),
  });
  const visitors = new Visitors(app.server, setup.idleMs, (received) => tell({ type: 'leaving', received }));
  process.on('message', (value, handle) => {
    const message = decodeFromDaemon(value);
    if (message?.type === 'socket' && handle instanceof Socket) visitors.welcome(handle);
    else if (message?.type === 'reply') daemon.reply(message.id, message.reply);
    else if (message?.type === 'events') daemon.events(message.events);
    else if (message?.type === 'progress') daemon.progress(message.id, message.progress);
    else if (message?.type === 'goodbye') process.disconnect();
  });
  tell({ type: 'ready' });
}

/** Counts the connections, and says when there has been none for a while. */
class Visitors {
  #open = 0;
  #received = 0;
  #timer: NodeJS.Timeout;

  constructor(
    private readonly server: Server,
    private readonly idleMs: number,
    private readonly idle: (received: number) => void,
  ) {
    this.#timer = this.#wait();
  }

  welcome(socket: Socket): void {
    clearTimeout(this.#timer);
    this.#open += 1;
    this.#received += 1;
    socket.once('close', () => {
      this.#open -= 1;
      if (this.#open > 0) return;
      clearTimeout(this.#timer);
      this.#timer = this.#wait();
    });
    this.server.emit('connection', socket);
    // It was accepted paused, so that no byte was read before it got here.
    socket.resume();
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => {
      this.idle(this.#received);
      // The daemon may know of a connection on its way and not agree.
      this.#timer = this.#wait();
    }, this.idleMs);
  }
}

/** Opens the database when first asked, again after a failure: the service may be mending it. */
function lazyReader(file: string): () => Reader {
  let reader: Reader | undefined;
  return () => {
    try {
      reader ??= openReader(file);
      return reader;
    } catch (error) {
      throw new CaroError(
        'database_damaged',
        'expected a readable database; run `caro db check` to see what is wrong',
        {
          cause: error,
        },
      );
    }
  };
}

main();
