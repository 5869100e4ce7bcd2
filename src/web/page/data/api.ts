import { forgetPageToken, pageToken } from './session.ts';

/**
 * An error of the API; `code` is the server's error code, or `unreachable`.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** Reads one resource of the API. @throws ApiError, `not_logged_in` among others. */
export async function read<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const response = await call(`${path}${search(parameters)}`, { ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

export interface ReceivedFile {
  /** As the service names it. */
  readonly name: string;
  readonly text: string;
  readonly type: string;
}

/** Reads a file of the API. It cannot be a link, because a link has no token. @throws ApiError */
export async function readFile(path: string, parameters: Parameters): Promise<ReceivedFile> {
  const response = await call(`${path}${search(parameters)}`, {});
  const [, name = 'caro'] = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { name, text: await response.text(), type: response.headers.get('content-type') ?? 'text/plain' };
}

/** Opens a stream of the API. @throws ApiError */
export async function stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { body } = await call(path, { signal });
  if (!body) throw new ApiError('unreachable', 'The service sent no stream.');
  return body;
}

/** Changes something, and resolves to what the service says of it. @throws ApiError */
export async function change<T>(path: string, body: unknown): Promise<T> {
  return (await (await call(path, sent(body))).json()) as T;
}

/** Posts a body and reads the answer. @throws ApiError */
export async function post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
  const response = await call(path, { ...sent(body), signal });
  return (await response.json()) as T;
}

/**
 * Posts a body and yields the JSON lines of the answer as they arrive.
 * @throws ApiError
 */
export async function* lines<T>(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<T> {
  const response = await call(path, { ...sent(body), signal });
  const reader = response.body
    ?.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  for (let rest = ''; reader; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield JSON.parse(part) as T;
  }
}

const sent = (body: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** Ends the login here and in the service. */
export async function logOut(): Promise<void> {
  try {
    await call('/api/logout', { method: 'POST' });
  } finally {
    forgetPageToken();
  }
}

async function call(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers: { ...init.headers, 'x-caro-token': pageToken() } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('unreachable', 'The service does not answer. Check it with: caro status');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    // This page came from the address of its login: that login has ended.
    return new ApiError(error.code === 'foreign_host' ? 'not_logged_in' : error.code, error.message);
  } catch {
    return new ApiError('unreachable', `The service answered with status ${response.status}.`);
  }
}

function search(parameters: Parameters): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
