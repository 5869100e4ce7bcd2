import { canonical } from '../../domain/encoding/canonical.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { type NodeSummary, SUMMARY_TYPE } from '../../domain/summaries/summary.ts';
import { validateSummaryDocument } from '../../generated/message-validators.js';
import { openEnvelope } from '../../identity/envelope.ts';

/**
 * The summary in a document of a peer. Its signature is not checked here, see `checkAuthor`.
 * @throws CaroError `summary_invalid`
 */
export function parseSummary({ payloadType, payload }: Envelope): NodeSummary {
  if (payloadType !== SUMMARY_TYPE) throw invalid('expected a summary of version 1, got another document');
  return parse(Buffer.from(payload, 'base64'));
}

/**
 * Checks that a summary is about its sender and signed by it (E4).
 *
 * @param isSender whether a node id is the sender's current or a former id
 * @throws CaroError `summary_invalid`
 */
export function checkAuthor(document: Envelope, { node }: NodeSummary, isSender: (node: string) => boolean): void {
  if (!isSender(node)) throw invalid('expected a summary about its sender, got one about another node');
  const key = parseNodeId(node);
  if (!key) throw invalid('expected a node id');
  try {
    openEnvelope(document, key);
  } catch {
    throw invalid('expected a signature by the node that the summary is about, got none that verifies');
  }
}

function parse(bytes: Buffer): NodeSummary {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid('expected JSON');
  }
  if (!validateSummaryDocument(value) || !Buffer.from(canonical(value)).equals(bytes)) {
    throw invalid('expected a canonical summary that fits its closed schema');
  }
  return value;
}

const invalid = (message: string): CaroError => new CaroError('summary_invalid', message);
