import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errorText, HEADERS } from './request-checks.ts';

const DEFECT = { status: 500, code: 'internal', message: 'A defect in this program; nothing was changed.' } as const;

/**
 * The part of the server that answers with data. It is loaded once the page has been sent, because
 * loading blocks everything else. An earlier request waits for it.
 */
export class DeferredApi {
  #loading: Promise<RequestListener> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(private readonly load: () => Promise<RequestListener>) {}

  /** Starts to load after this many milliseconds, unless a request starts it earlier. */
  wantIn(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.#loading || dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#listener().catch(() => undefined), ms);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      (await this.#listener())(request, response);
    } catch (error) {
      // Written to stderr of the service. The stack names places in this program, never data.
      console.error(error);
      response.writeHead(DEFECT.status, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' });
      response.end(errorText(DEFECT));
    }
  }

  /** A failed load is tried again: an update may be replacing the program's files. */
  #listener(): Promise<RequestListener> {
    clearTimeout(this.#timer);
    this.#loading ??= this.#begin();
    return this.#loading;
  }

  async #begin(): Promise<RequestListener> {
    try {
      return await this.load();
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}
