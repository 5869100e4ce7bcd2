import { CaroError, ERRORS, type ErrorCode } from '../domain/errors.ts';

/** Maximum length of an answer in bytes, without its line feed (docs/design.md §11). */
export const MAX_LINE_BYTES = 1024 * 1024;
/** Of a request: the list of 30,000 members of an organization fits. */
export const MAX_REQUEST_BYTES = 16 * MAX_LINE_BYTES;

export type RequestId = string | number | null;

/** A JSON-RPC 2.0 request; without `id` it is a notification, which gets no answer. */
export interface RpcRequest {
  readonly id?: RequestId;
  readonly method: string;
  readonly params: unknown;
}

/** What a client reads: an answer, an error, or a notification of the server's own. */
export type RpcReply =
  | { readonly id: RequestId; readonly result: unknown }
  | { readonly id: RequestId; readonly error: CaroError }
  | { readonly method: string; readonly params: unknown };

const decoder = new TextDecoder('utf-8', { fatal: true });

export const encodeRequest = (id: number, method: string, params: unknown): string =>
  line({ jsonrpc: '2.0', id, method, params });

/**
 * Parameters MUST be an object where present: every method names its own.
 * @throws CaroError `json_invalid` (not UTF-8, not JSON) or `request_invalid`; neither text quotes
 *   the line.
 */
export function decodeRequest(bytes: Uint8Array): RpcRequest {
  const value = parse(bytes);
  if (!isObject(value)) throw notRequest('a JSON object; no batches');
  const { jsonrpc, id, method, params = {} } = value;
  if (jsonrpc !== '2.0') throw notRequest('"jsonrpc": "2.0"');
  if (typeof method !== 'string') throw notRequest('a "method" that is a string');
  if (!isObject(params)) throw notRequest('"params" that are an object, or none');
  if (id === undefined) return { method, params };
  if (!isRequestId(id)) throw notRequest('an "id" that is a string, a number or null');
  return { id, method, params };
}

export const encodeResult = (id: RequestId, result: unknown): string => line({ jsonrpc: '2.0', id, result });

export const encodeNotification = (method: string, params: unknown): string => line({ jsonrpc: '2.0', method, params });

/**
 * Only a `CaroError` is sent with its own text; any other error could contain private data.
 */
export function encodeError(id: RequestId, error: unknown): string {
  const told =
    error instanceof CaroError
      ? error
      : new CaroError(
          'internal',
          'expected an answer, got a defect in the service; its log says where (caro service logs)',
        );
  return line({
    jsonrpc: '2.0',
    id,
    error: { code: ERRORS[told.code].rpc, message: told.message, data: { code: told.code } },
  });
}

/**
 * Decodes a message of the server. Unknown codes of a newer service become `internal`; the text is
 * kept.
 * @throws CaroError `json_invalid`
 */
export function decodeReply(bytes: Uint8Array): RpcReply {
  const value = parse(bytes);
  if (!isObject(value)) throw new CaroError('json_invalid', 'expected a JSON-RPC object from the service');
  const { id, method, params, error, result } = value;
  if (typeof method === 'string') return { method, params };
  const answered = isRequestId(id) ? id : null;
  return isObject(error) ? { id: answered, error: errorOf(error) } : { id: answered, result };
}

function errorOf({ data, message }: Readonly<Record<string, unknown>>): CaroError {
  const { code } = isObject(data) ? data : {};
  return new CaroError(
    isErrorCode(code) ? code : 'internal',
    typeof message === 'string' ? message : 'no reason given',
  );
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw new CaroError('json_invalid', 'expected one JSON message in UTF-8 on the line, got something else');
  }
}

const notRequest = (expected: string): CaroError => new CaroError('request_invalid', `expected ${expected}`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRequestId = (id: unknown): id is RequestId => id === null || typeof id === 'string' || typeof id === 'number';

/** JSON.stringify writes no raw line feeds, so one message is one line. */
const line = (message: object): string => `${JSON.stringify(message)}\n`;
