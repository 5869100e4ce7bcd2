import type { FastifyInstance } from 'fastify';
import type { Messages, Replies } from '../../../bus/messages.ts';
import { type ActKind, type AskableKind, MAX_ENTRIES, pageMay, REQUESTS } from '../../../bus/requests.ts';
import type { BodySchema } from '../../../bus/schema-words.ts';
import { CaroError } from '../../../domain/errors.ts';
import { type DashboardPorts, proofIn } from '../ports.ts';
import { BLIND_STATUS, DAY_CELLS, REPORTED_DAYS } from '../schemas/blind-schemas.ts';
import * as mesh from '../schemas/mesh-schemas.ts';
import { ORG_OFFER, ORG_STATUS } from '../schemas/org-schemas.ts';
import type { AnswerSchema } from '../schemas/projection.ts';
import * as schemas from '../schemas/schemas.ts';
import { MARK, TECHNIQUE_GUIDES } from '../schemas/trend-schemas.ts';

/** A read that passes a request on to the service. */
interface Read<K extends AskableKind> {
  readonly path: string;
  readonly answer: AnswerSchema;
  /** The query string, where it is not the body of the request. */
  readonly input?: BodySchema;
  /** Makes the answer, where it is not the reply itself. */
  readonly make?: (ask: (body: Messages[K]) => Promise<Replies[K]>, query: Messages[K]) => Promise<unknown>;
}

const AUDIT_PAGE = 100;
const EGRESS_PAGE = 50;
const SUMMARIES = 50;
const ANSWERS = 20;
const BLIND_DAYS = 30;

/** Every read that the table exposes to the page; null: it has a route of its own. */
const READS: { readonly [K in AskableKind]: Read<K> | null } = {
  // Answered before this application is loaded: metrics-page.ts.
  'service.metrics': null,
  'service.status': { path: '/api/status', answer: schemas.STATUS },
  'summary.preview': {
    path: '/api/summary',
    answer: schemas.PREVIEW,
    make: async (ask, query) => {
      const { document, closed, digest } = await ask(query);
      const envelope = JSON.stringify(document);
      const payload = Buffer.from(document.payload, 'base64').toString('utf8');
      return { envelope, payload, bytes: Buffer.byteLength(envelope), closed, digest };
    },
  },
  'aggregates.preview': { path: '/api/aggregates', answer: schemas.AGGREGATES },
  'summary.list': {
    path: '/api/summaries',
    answer: schemas.SUMMARIES,
    input: schemas.INPUTS.nothing,
    make: async (ask) => ({ summaries: await ask({ limit: SUMMARIES }) }),
  },
  'policy.sharing': { path: '/api/sharing', answer: schemas.SHARING },
  'audit.list': {
    path: '/api/audit',
    answer: schemas.AUDIT,
    make: async (ask, query) => {
      const { entries, next } = await pageOf(query.limit ?? AUDIT_PAGE, (limit) => ask({ ...query, limit }));
      return { records: entries, next };
    },
  },
  'audit.verify': { path: '/api/audit/verification', answer: schemas.VERIFICATION },
  'egress.list': {
    path: '/api/egress',
    answer: mesh.EGRESS,
    make: async (ask, query) => {
      const { entries, next } = await pageOf(query.limit ?? EGRESS_PAGE, (limit) => ask({ ...query, limit }));
      return { messages: entries, next };
    },
  },
  'egress.show': { path: '/api/egress/message', answer: mesh.EGRESS_MESSAGE },
  'rules.list': { path: '/api/rules', answer: schemas.RULES },
  'anomalies.list': { path: '/api/anomalies', answer: mesh.ANOMALIES },
  'alerts.list': { path: '/api/alerts', answer: mesh.ALERTS },
  'advisories.list': {
    path: '/api/advisories',
    answer: mesh.ADVISORIES,
    input: schemas.INPUTS.nothing,
    make: async (ask) => ({ advisories: await ask({}) }),
  },
  'trust.list': { path: '/api/trust', answer: mesh.TRUST_RULES },
  'trust.keys': {
    path: '/api/trust/keys',
    answer: mesh.KEY_CHANGES,
    make: async (ask) => ({ changes: await ask({}) }),
  },
  'answers.list': {
    path: '/api/mesh/answers',
    answer: mesh.SAVED_ANSWERS,
    make: async (ask, query) => {
      const { entries, next } = await pageOf(query.limit ?? ANSWERS, (limit) => ask({ ...query, limit }));
      return { answers: entries, next };
    },
  },
  'totals.list': { path: '/api/totals', answer: mesh.TOTALS, make: async (ask) => ({ series: await ask({}) }) },
  'totals.read': { path: '/api/totals/days', answer: mesh.TOTAL_DAYS },
  'techniques.list': {
    path: '/api/techniques',
    answer: TECHNIQUE_GUIDES,
    make: async (ask, query) => ({ techniques: await ask(query) }),
  },
  // With the names of members: analyst.ts.
  'org.requests': null,
  'org.status': {
    path: '/api/organization',
    answer: ORG_STATUS,
    make: async (ask) => ({ organization: await ask({}) }),
  },
  'answers.show': { path: '/api/mesh/answers/answer', answer: mesh.SAVED_ANSWER },
  'blind.status': { path: '/api/blind', answer: BLIND_STATUS },
  'blind.preview': { path: '/api/blind/preview', answer: DAY_CELLS },
  'blind.list': {
    path: '/api/blind/days',
    answer: REPORTED_DAYS,
    input: schemas.INPUTS.nothing,
    make: async (ask) => ({ days: await ask({ limit: BLIND_DAYS }) }),
  },
  'policy.explain': {
    path: '/api/trust/explanation',
    answer: mesh.EXPLANATION,
    input: schemas.INPUTS.explain,
    make: (ask, query) => ask({ ...query, action: 'query' }),
  },
};

/** A request with the proof of a login. */
interface Change {
  readonly path: string;
  /** Absent where there is nothing to answer. */
  readonly answer?: object;
  /** In bytes, where a body may be larger than usual. */
  readonly bodyLimit?: number;
}

/** A rule of 64 KiB as JSON, which may escape each character. */
const RULE_BODY_BYTES = 512 * 1024;
/** A head of a roster. */
const ORG_BODY_BYTES = 512 * 1024;

/** Every change that the table exposes to a logged-in page; null: it has a route of its own. */
const CHANGES: { readonly [K in ActKind]: Change | null } = {
  'settings.change': { path: '/api/settings' },
  'trust.confirm': { path: '/api/trust/confirmation' },
  'advisories.hide': { path: '/api/advisories/hidden' },
  'events.delete': { path: '/api/events/deletion', answer: schemas.EVENTS_DELETED },
  'rules.replay': { path: '/api/rules/replay', answer: schemas.REPLAY, bodyLimit: RULE_BODY_BYTES },
  'org.inspect': { path: '/api/organization/offer', answer: ORG_OFFER, bodyLimit: ORG_BODY_BYTES },
  'org.join': { path: '/api/organization/joining', bodyLimit: ORG_BODY_BYTES },
  'org.agree': { path: '/api/organization/agreement' },
  'org.leave': { path: '/api/organization/leaving' },
  'marks.add': { path: '/api/marks', answer: MARK },
  'marks.remove': { path: '/api/marks/removal' },
  // Streams its progress: mesh.ts.
  'mesh.query': null,
};

/** Routes that pass requests of the table on; a request without its line above does not compile. */
export function requestRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  for (const kind of Object.keys(READS) as AskableKind[]) addRead(app, ports, READS, kind);
  for (const kind of Object.keys(CHANGES) as ActKind[]) addChange(app, ports, kind);
}

function addRead<K extends AskableKind>(
  app: FastifyInstance,
  { daemon }: DashboardPorts,
  reads: { readonly [P in K]: Read<P> | null },
  kind: K,
): void {
  const route = reads[kind];
  if (!route) return;
  const { path, answer, input, make } = route;
  const ask = (body: Messages[K]): Promise<Replies[K]> => daemon.ask(kind, body);
  const schema = { querystring: input ?? REQUESTS[kind].body, response: { 200: answer } };
  app.get(path, { schema }, ({ query }) => {
    const body = query as Messages[K];
    return make ? make(ask, body) : ask(body);
  });
}

/** Passed on with the proof of the login, which the service checks itself. */
function addChange(app: FastifyInstance, ports: DashboardPorts, kind: ActKind): void {
  const route = CHANGES[kind];
  if (!route) return;
  const { path, answer, ...limits } = route;
  const schema = { body: REQUESTS[kind].body, response: { 200: answer ?? mesh.DONE } };
  app.post(path, { schema, ...limits }, async ({ body, headers }) => {
    if (!pageMay(kind, body as Messages[ActKind]))
      throw new CaroError('usage', 'expected a change that this page may make; use the command line for this one');
    const reply = await ports.daemon.act(kind, body as Messages[ActKind], proofIn(headers, ports.port));
    return answer ? reply : {};
  });
}

/** One entry more than asked for tells whether there is another page. */
async function pageOf<T extends { readonly seq: number }>(
  limit: number,
  list: (limit: number) => Promise<readonly T[]>,
) {
  const asked = Math.min(limit + 1, MAX_ENTRIES);
  const found = await list(asked);
  const entries = found.slice(0, limit);
  return { entries, next: found.length === asked ? (entries.at(-1)?.seq ?? null) : null };
}
