import { canonical } from '../domain/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/node-id.ts';
import { type Envelope, type NodeSummary, SUMMARY_TYPE } from '../domain/summary.ts';
import { validateSummaryDocument } from '../generated/message-validators.js';
import { openEnvelope } from '../identity/envelope.ts';

/**
 * The summary in a document that came from a peer, once its signature fits the node that it is about (E4).
 *
 * @param isAuthor whether a node id is the peer's own, now or before a rotation
 * @throws CaroError `summary_invalid`
 */
export function openSummary(document: Envelope, isAuthor: (node: string) => boolean): NodeSummary {
  if (document.payloadType !== SUMMARY_TYPE) throw invalid('expected a summary of version 1, got another document');
  const bytes = Buffer.from(document.payload, 'base64');
  const summary = parse(bytes);
  if (!isAuthor(summary.node)) throw invalid('expected a summary about its sender, got one about another node');
  const key = parseNodeId(summary.node);
  if (!key) throw invalid('expected a node id');
  try {
    openEnvelope(document, key);
  } catch {
    throw invalid('expected a signature of the node that it is about, got none that fits');
  }
  return summary;
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
