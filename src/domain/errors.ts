/**
 * Every error a user, a script or a peer can meet. A text says what was expected, what came and what to do; it never holds
 * command text, a path taken from a command, or a secret. `docs/errors.md` is this table in prose; a test compares the two.
 */
interface ErrorKind {
  /** Process exit code of the command line: 1 failed, 2 usage (design.md §10). */
  readonly exit: 1 | 2;
  /** JSON-RPC 2.0 error code on the control socket. */
  readonly rpc: number;
  readonly what: string;
}

export const ERRORS = {
  usage: { exit: 2, rpc: -32602, what: 'The command line or the parameters of a call do not fit.' },
  not_found: { exit: 1, rpc: -32004, what: 'What was asked for does not exist.' },
  method_unknown: { exit: 2, rpc: -32601, what: 'The control socket has no such method.' },
  json_invalid: { exit: 2, rpc: -32700, what: 'A line on the control socket is not JSON.' },
  request_invalid: {
    exit: 2,
    rpc: -32600,
    what: 'A line on the control socket is JSON but not a JSON-RPC 2.0 request.',
  },
  internal: { exit: 1, rpc: -32603, what: 'A defect in this program; the log has the place.' },
  config_invalid: { exit: 2, rpc: -32010, what: 'The configuration holds an unknown key or a bad value.' },
  permissions_unsafe: {
    exit: 1,
    rpc: -32011,
    what: 'A file or directory can be read or changed by others, or has another owner.',
  },
  already_running: { exit: 1, rpc: -32012, what: 'Another service already runs on the same home.' },
  not_running: { exit: 1, rpc: -32013, what: 'The service does not run, so there is nobody to ask.' },
  deadline_exceeded: { exit: 1, rpc: -32014, what: 'An answer did not come within its deadline.' },
  mailbox_full: { exit: 1, rpc: -32015, what: 'An actor has more waiting messages than it may hold.' },
  actor_degraded: { exit: 1, rpc: -32016, what: 'An actor failed too often and was set aside until the next start.' },
  database_damaged: { exit: 1, rpc: -32017, what: 'The database cannot be read.' },
  identity_damaged: { exit: 1, rpc: -32018, what: 'The identity key cannot be read as an Ed25519 key in PKCS#8 PEM.' },
  address_in_use: { exit: 1, rpc: -32019, what: 'The port is taken by another program.' },
  address_unsafe: {
    exit: 2,
    rpc: -32020,
    what: 'The address would be reachable from outside, which the configuration does not allow.',
  },
  worker_failed: { exit: 1, rpc: -32021, what: 'A worker thread crashed or ran over its time.' },
  audit_broken: { exit: 1, rpc: -32022, what: 'The audit log does not verify.' },
  place_unusable: { exit: 1, rpc: -32024, what: 'A directory or file of the service cannot be made or used.' },
  signature_invalid: {
    exit: 1,
    rpc: -32025,
    what: 'A signed document is malformed, or its signature does not fit the key.',
  },
  answer_too_large: { exit: 1, rpc: -32027, what: 'A list does not fit into one line of the control socket.' },
  subscriber_slow: { exit: 1, rpc: -32026, what: 'A subscriber did not read its notifications fast enough.' },
  disk_full: { exit: 1, rpc: -32023, what: 'The disk holding the database is full or read-only.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** The one error type that may cross an actor, a socket or the command line. */
export class CaroError extends Error {
  override readonly name = 'CaroError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }

  /** How the process ends when this is the reason. */
  get exitCode(): 1 | 2 {
    return ERRORS[this.code].exit;
  }
}
