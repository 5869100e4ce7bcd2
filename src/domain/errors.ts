/**
 * Every error that a user, a script or a peer can get. A text says what was expected, what came and
 * what to do. It MUST NOT contain command text, a path taken from a command, or a secret. A test
 * compares this table with `docs/errors.md`.
 */
interface ErrorKind {
  /** Process exit code of the command line: 1 failed, 2 usage (docs/design.md §10). */
  readonly exit: 1 | 2;
  /** JSON-RPC 2.0 error code on the control socket. */
  readonly rpc: number;
  readonly what: string;
}

export const ERRORS = {
  usage: { exit: 2, rpc: -32602, what: 'The command line or the parameters of a call are invalid.' },
  not_found: { exit: 1, rpc: -32004, what: 'The requested object does not exist.' },
  method_unknown: { exit: 2, rpc: -32601, what: 'The control socket has no such method.' },
  json_invalid: { exit: 2, rpc: -32700, what: 'A line on the control socket is not JSON.' },
  request_invalid: {
    exit: 2,
    rpc: -32600,
    what: 'A line on the control socket is JSON but not a JSON-RPC 2.0 request.',
  },
  internal: { exit: 1, rpc: -32603, what: 'A bug in this program. The log has the stack trace.' },
  config_invalid: { exit: 2, rpc: -32010, what: 'The configuration has an unknown key or an invalid value.' },
  permissions_unsafe: {
    exit: 1,
    rpc: -32011,
    what: 'Other users can read or change a file or directory, or own it.',
  },
  already_running: { exit: 1, rpc: -32012, what: 'Another service already runs for the same home.' },
  not_running: { exit: 1, rpc: -32013, what: 'The service is not running.' },
  deadline_exceeded: { exit: 1, rpc: -32014, what: 'No answer came before the deadline.' },
  mailbox_full: { exit: 1, rpc: -32015, what: 'The mailbox of an actor is full.' },
  actor_degraded: { exit: 1, rpc: -32016, what: 'An actor failed too often and stays stopped until the next start.' },
  database_damaged: { exit: 1, rpc: -32017, what: 'The database cannot be read.' },
  identity_damaged: { exit: 1, rpc: -32018, what: 'The identity key cannot be read as an Ed25519 key in PKCS#8 PEM.' },
  address_in_use: { exit: 1, rpc: -32019, what: 'Another program uses the port.' },
  address_missing: { exit: 1, rpc: -32030, what: 'This machine does not have the address on which it should listen.' },
  address_unsafe: {
    exit: 2,
    rpc: -32020,
    what: 'The address would be reachable from outside, which is not allowed.',
  },
  worker_failed: { exit: 1, rpc: -32021, what: 'A worker thread crashed or exceeded its time limit.' },
  audit_broken: { exit: 1, rpc: -32022, what: 'The audit log does not verify.' },
  place_unusable: { exit: 1, rpc: -32024, what: 'A directory or file of the service cannot be created or used.' },
  signature_invalid: {
    exit: 1,
    rpc: -32025,
    what: 'A signed document is malformed, or its signature does not match the key.',
  },
  preview_unseen: {
    exit: 1,
    rpc: -32029,
    what: 'Sharing was to be extended without a preview of what would leave.',
  },
  answer_too_large: { exit: 1, rpc: -32027, what: 'A list is too long for one line of the control socket.' },
  subscriber_slow: { exit: 1, rpc: -32026, what: 'A subscriber did not read its notifications fast enough.' },
  agent_settings: { exit: 1, rpc: -32082, what: 'The hook file of a coding agent cannot be read or changed safely.' },
  service_manager: { exit: 1, rpc: -32028, what: 'The system has no usable service manager, or it refused.' },
  disk_full: { exit: 1, rpc: -32023, what: 'The disk holding the database is full or read-only.' },
  relay_key_changed: { exit: 1, rpc: -32007, what: 'The relay has another key than the one agreed on.' },
  relay_refused: {
    exit: 1,
    rpc: -32008,
    what: 'The relay does not accept the credentials of this node, or a request.',
  },
  relay_unreachable: { exit: 1, rpc: -32009, what: 'The relay cannot be reached.' },
  relay_full: { exit: 1, rpc: -32039, what: 'The relay has no room for a message, which is sent again later.' },
  relay_unready: {
    exit: 1,
    rpc: -32038,
    what: 'The recipient has not connected to the relay yet, or the relay stores nothing now.',
  },
  tls_version: { exit: 1, rpc: -32040, what: 'The other side of a mesh connection does not speak TLS 1.3.' },
  tls_handshake: { exit: 1, rpc: -32041, what: 'A TLS handshake failed, or the other side did not speak TLS.' },
  tls_timeout: {
    exit: 1,
    rpc: -32042,
    what: 'The other side did not complete the TLS handshake or its hello in time.',
  },
  connection_flood: {
    exit: 1,
    rpc: -32043,
    what: 'Too many connections: from unknown nodes at once, or from one peer that reconnects.',
  },
  certificate_missing: {
    exit: 1,
    rpc: -32044,
    what: 'The other side sent no certificate for Ed25519 (RSA and ECDSA are not accepted).',
  },
  certificate_kind: {
    exit: 1,
    rpc: -32045,
    what: 'The certificate of the other side is not self-signed with an Ed25519 key.',
  },
  certificate_expired: { exit: 1, rpc: -32046, what: 'The certificate of the other side is not valid at this time.' },
  peer_untrusted: { exit: 1, rpc: -32047, what: 'The other node is not trusted to connect.' },
  key_changed: {
    exit: 1,
    rpc: -32048,
    what: 'The node at the address of a peer has another key, and no accepted rotation explains it.',
  },
  upgrade_invalid: { exit: 1, rpc: -32049, what: 'The other side requested a different protocol.' },
  clock_skewed: { exit: 1, rpc: -32050, what: 'The clocks of the two nodes differ by more than 5 minutes.' },
  frame_too_large: { exit: 1, rpc: -32051, what: 'A mesh message exceeds the maximum length.' },
  frame_malformed: { exit: 1, rpc: -32052, what: 'A frame violates the WebSocket protocol, or is not text.' },
  message_malformed: {
    exit: 1,
    rpc: -32053,
    what: 'A mesh message is not a canonical DSSE envelope around a canonical payload.',
  },
  message_forged: {
    exit: 1,
    rpc: -32054,
    what: 'The signature of a mesh message does not match the key of its connection.',
  },
  message_sender: { exit: 1, rpc: -32055, what: 'A mesh message names another sender than the key of its connection.' },
  message_recipient: { exit: 1, rpc: -32056, what: 'A mesh message is addressed to another node.' },
  message_session: { exit: 1, rpc: -32057, what: 'A mesh message was made for another connection.' },
  message_sequence: { exit: 1, rpc: -32058, what: 'A mesh message does not follow the one before it.' },
  message_stale: { exit: 1, rpc: -32059, what: 'A mesh message is older than 5 minutes.' },
  message_future: { exit: 1, rpc: -32060, what: 'A mesh message is dated more than 5 minutes ahead.' },
  message_replayed: { exit: 1, rpc: -32061, what: 'A mesh message with this nonce was received before.' },
  message_schema: { exit: 1, rpc: -32062, what: 'The body of a mesh message does not match the schema of its type.' },
  message_unexpected: { exit: 1, rpc: -32063, what: 'A mesh message of this type is not allowed at this point.' },
  message_rate: { exit: 1, rpc: -32064, what: 'A peer sends faster than the limit and is read more slowly.' },
  summary_invalid: {
    exit: 1,
    rpc: -32065,
    what: 'A summary is malformed or not signed by the node that it describes.',
  },
  peer_unreachable: { exit: 1, rpc: -32066, what: 'The peer is not connected.' },
  peer_gone: { exit: 1, rpc: -32067, what: 'The connection to the peer ended before its answer came.' },
  peer_frozen: { exit: 1, rpc: -32083, what: 'The peer is connected, but its service did not react in time.' },
  egress_denied: { exit: 1, rpc: -32068, what: 'The policy does not let this message leave.' },
  egress_schema: { exit: 1, rpc: -32069, what: 'A message to be sent does not match its closed schema.' },
  egress_unrecorded: {
    exit: 1,
    rpc: -32070,
    what: 'A message was not sent because the egress ledger could not be written.',
  },
  egress_backlog: { exit: 1, rpc: -32071, what: 'The peer does not read its messages.' },
  invite_code_invalid: { exit: 2, rpc: -32072, what: 'The text is not an invite code.' },
  invite_closed: {
    exit: 1,
    rpc: -32073,
    what: 'No invite is open: it was used, it expired, or there were too many attempts.',
  },
  pairing_refused: { exit: 1, rpc: -32074, what: 'The other side does not know the secret of the invite.' },
  pairing_unstored: { exit: 1, rpc: -32084, what: 'The inviting node could not store the pairing.' },
  rotation_invalid: {
    exit: 1,
    rpc: -32075,
    what: 'A key rotation or revocation has an invalid signature or time.',
  },
  key_pending: {
    exit: 1,
    rpc: -32076,
    what: 'The key claims to follow a trusted one, but the trust has not moved to it yet.',
  },
  key_retired: { exit: 1, rpc: -32077, what: 'Another key has replaced this one.' },
  key_suspended: {
    exit: 1,
    rpc: -32078,
    what: 'A key has named two successors. None of the three is trusted until the owner chooses.',
  },
  key_revoked: { exit: 1, rpc: -32079, what: 'The owner of the key has revoked it.' },
  keys_damaged: { exit: 1, rpc: -32080, what: 'A file with statements about keys cannot be read.' },
  rotation_pending: { exit: 1, rpc: -32081, what: 'This node is already changing its key.' },
  task_unknown: {
    exit: 1,
    rpc: -32092,
    what: 'This node is not the leader or trustee of that task, or the task does not exist.',
  },
  report_early: { exit: 1, rpc: -32002, what: 'A report is about a day that is not over.' },
  report_late: { exit: 1, rpc: -32089, what: 'A report came after the window of its day.' },
  report_duplicate: { exit: 1, rpc: -32090, what: 'A node sent a second, different report for one day.' },
  report_not_member: {
    exit: 1,
    rpc: -32091,
    what: 'The sender of a report is not a member of the group that the task counts.',
  },
  report_unknown: { exit: 1, rpc: -32093, what: 'The trustee has not received the report that the leader presents.' },
  report_prepared: { exit: 1, rpc: -32094, what: 'The leader presents a report again, with another preparation.' },
  day_closed: { exit: 1, rpc: -32095, what: 'The trustee has closed the day; nothing can be added to it.' },
  release_early: { exit: 1, rpc: -32096, what: 'The window of the day is not over.' },
  release_incomplete: {
    exit: 1,
    rpc: -32097,
    what: 'The leader presents too few of the reports that the trustee received.',
  },
  release_below_floor: {
    exit: 1,
    rpc: -32098,
    what: 'Too few nodes that are members for long enough have reported on the day.',
  },
  release_invalid: {
    exit: 1,
    rpc: -32099,
    what: 'An entry of a release log is malformed or not signed by the trustee.',
  },
  release_forked: { exit: 1, rpc: -32000, what: 'A release log contradicts the entries that are already known.' },
  tlog_malformed: { exit: 1, rpc: -32006, what: 'A signed note or checkpoint of a transparency log is malformed.' },
  total_incomplete: {
    exit: 1,
    rpc: -32001,
    what: 'The leader lacks the share of a node that the trustee has included in a total.',
  },
  total_missing: {
    exit: 1,
    rpc: -31996,
    what: 'A day has no total 14 days after its window; the leader has removed its shares.',
  },
  blind_task_invalid: {
    exit: 1,
    rpc: -32085,
    what: 'The document of a blind task is malformed, or its leader and its trustee did not both sign it.',
  },
  blind_trustee: {
    exit: 1,
    rpc: -31997,
    what: 'The roster of the organization does not name the trustee of a blind task.',
  },
  blind_report_invalid: {
    exit: 1,
    rpc: -32086,
    what: 'A blind report or its receipt is malformed, not signed by its author, or for another task.',
  },
  blind_box_invalid: {
    exit: 1,
    rpc: -32087,
    what: 'The sealed share of a blind report does not open: another key, task, day or node, or damage.',
  },
  blind_share_invalid: {
    exit: 1,
    rpc: -32088,
    what: 'The shares of a blind report do not fit the layout, or the proof that its cells are in range fails.',
  },
  blind_floor: {
    exit: 1,
    rpc: -32003,
    what: 'A blind task allows totals over fewer nodes than this node accepts.',
  },
  advisory_refused: {
    exit: 1,
    rpc: -31999,
    what: 'An advisory of another node was not taken: it may not send any, or the advisory is not valid.',
  },
  syslog_failed: {
    exit: 1,
    rpc: -31998,
    what: 'The syslog receiver cannot be reached over TLS, or is not the one in the configuration.',
  },
  blind_joined: { exit: 1, rpc: -32005, what: 'This node takes part in another blind task already.' },
  roster_invalid: { exit: 1, rpc: -32031, what: 'A document of a roster is malformed or contradicts itself.' },
  roster_unsigned: { exit: 1, rpc: -32032, what: 'Too few officers have signed the head of a roster.' },
  roster_forked: {
    exit: 1,
    rpc: -32033,
    what: 'The officers have signed two heads of one version. The organization grants nothing until the owner joins again.',
  },
  roster_rollback: { exit: 1, rpc: -32034, what: 'The head of a roster is older than the one in force.' },
  roster_other_org: { exit: 1, rpc: -32035, what: 'A document of a roster is of another organization.' },
  roster_expired: {
    exit: 1,
    rpc: -32036,
    what: 'The head of a roster has expired; its officers have to sign a new one.',
  },
  roster_gap: { exit: 1, rpc: -32037, what: 'Heads between the one in force and this one are missing.' },
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
