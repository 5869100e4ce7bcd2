import { canonical } from '../../domain/encoding/canonical.ts';
import { CaroError } from '../../domain/errors.ts';
import { type CarriedTo, parseCarried } from '../../domain/relay/carried.ts';

/** A sealed message in a file. Whoever carries it sees mailboxes and a size in steps of 2 KiB. */
export interface CarriedBox {
  readonly subject: string;
  readonly to: CarriedTo;
  readonly box: Uint8Array;
}

const TYPE = 'caro.carried';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** One line of canonical JSON. */
export const encodeCarried = ({ subject, box }: Pick<CarriedBox, 'subject' | 'box'>): string =>
  `${canonical({ type: TYPE, version: 1, subject, box: Buffer.from(box).toString('base64') })}\n`;

/** @throws CaroError `message_malformed` */
export function decodeCarried(text: string): CarriedBox {
  const { subject, box } = membersOf(text);
  const to = typeof subject === 'string' ? parseCarried(subject) : undefined;
  if (to === undefined || typeof subject !== 'string' || typeof box !== 'string' || !BASE64.test(box))
    throw malformed();
  const decoded = { subject, to, box: new Uint8Array(Buffer.from(box, 'base64')) };
  if (encodeCarried(decoded).trimEnd() !== text.trimEnd()) throw malformed();
  return decoded;
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // As for a value of another form.
  }
  throw malformed();
}

const malformed = (): CaroError =>
  new CaroError('message_malformed', 'expected a sealed message that caro org export wrote, got something else');
