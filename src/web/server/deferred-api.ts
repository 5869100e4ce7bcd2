import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errorText, HEADERS } from './request-checks.ts';

const DEFECT = { status: 500, code: 'internal', message: 'A defect in this program; nothing was changed.' } as const;

/**
 * What answers with data, loaded once the page is on its way to the browser: loading it holds all
 * else up. A request that comes earlier waits for it.
 */
export class DeferredApi {
  #loading: Promise<RequestListener> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(private readonly load: () => Promise<RequestListener>) {}

  /** Begins to load in so many milliseconds, unless that has been asked for earlier. */
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
      // Goes to the service's stderr; what throws here names places in this program, never data.
      console.error(error);
      response.writeHead(DEFECT.status, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' });
      response.end(errorText(DEFECT));
    }
  }

  /** A failure is not kept: the program may be being replaced by its next version. */
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
