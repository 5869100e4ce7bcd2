import type { Messages } from '../../bus/messages.ts';
import { type ExposedKind, isExposed, pageMay } from '../../bus/requests.ts';
import { bodyValidators } from '../../generated/body-validators.js';
import { type PageMessage, REFUSALS } from '../ipc-protocol.ts';
import { isOriginLabel } from '../origins.ts';

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isId: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isRuleId: Check = (value) => typeof value === 'string' && /^[a-z0-9][a-z0-9._/-]{0,79}$/i.test(value);
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);

/** True for an object with these members and no others. */
function shape(members: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isRecord(value) &&
    Object.keys(value).every((key) => Object.hasOwn(members, key)) &&
    Object.entries(members).every(([key, check]) => check(value[key]));
}

/** True for a message whose kind the table exposes to `to`, with a body that fits its schema. */
const request =
  (to: 'page' | 'page-login', members: Check): Check =>
  (value) =>
    members(value) &&
    isRecord(value) &&
    typeof value['kind'] === 'string' &&
    isExposed(value['kind'], to) &&
    isBodyFor(value['kind'], value['body']);

function isBodyFor(kind: ExposedKind, body: unknown): boolean {
  const isValid: (value: unknown) => boolean = bodyValidators[kind];
  return isValid(body) && pageMay(kind, body as Messages[ExposedKind]);
}

const isSecret: Check = (value) => typeof value === 'string' && value.length <= 200;

const isText: Check = (value) => typeof value === 'string';
const proof = shape({ cookie: isSecret, pageToken: isSecret });

const PAGE_SHAPES: Readonly<Record<PageMessage['type'], Check>> = {
  ready: shape({ type: oneOf(['ready']) }),
  ask: request('page', shape({ type: oneOf(['ask']), id: isId, kind: isText, body: isRecord })),
  act: request('page-login', shape({ type: oneOf(['act']), id: isId, kind: isText, body: isRecord, proof })),
  rules: shape({
    type: oneOf(['rules']),
    id: isId,
    ids: (value) => Array.isArray(value) && value.length <= 200 && value.every(isRuleId),
  }),
  redeem: shape({
    type: oneOf(['redeem']),
    id: isId,
    login: (value) => typeof value === 'string' && value.length <= 200,
    cookieHash: isHash,
    pageHash: isHash,
    label: (value) => value === null || isOriginLabel(value),
  }),
  scrape: shape({ type: oneOf(['scrape']), id: isId, token: isSecret }),
  logout: shape({ type: oneOf(['logout']), cookieHash: isHash }),
  refused: shape({ type: oneOf(['refused']), reason: oneOf(REFUSALS) }),
  follow: shape({ type: oneOf(['follow']), id: isId, on: (value) => typeof value === 'boolean' }),
  received: shape({ type: oneOf(['received']) }),
  leaving: shape({ type: oneOf(['leaving']), received: isId }),
};

/**
 * What the page's process said, or null where it is not one of the shapes above. That process
 * parses what comes from a browser, so nothing of it is believed: of the bus it reaches the kinds
 * that the table of requests exposes to it, those that change something only with a proof.
 */
export function decodeFromPage(value: unknown): PageMessage | null {
  if (!isRecord(value)) return null;
  const type = value['type'];
  if (typeof type !== 'string' || !Object.hasOwn(PAGE_SHAPES, type)) return null;
  return PAGE_SHAPES[type as PageMessage['type']](value) ? (value as unknown as PageMessage) : null;
}
