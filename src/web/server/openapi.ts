import type { FastifyInstance, RouteOptions } from 'fastify';
import { ERROR, INPUTS } from './schemas/schemas.ts';

type Json = Readonly<Record<string, unknown>>;

interface Described {
  readonly querystring?: {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  readonly body?: Json;
  readonly response?: Readonly<Record<string, Json>>;
}

/**
 * Collects every route of the API as it is registered and serves their description (OpenAPI 3.1),
 * made of the same schemas that check the requests. MUST be installed before the routes.
 */
export function describeApi(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/') && route.method !== 'HEAD') routes.push(route);
  });
  app.get('/api/openapi.json', { schema: { querystring: INPUTS.nothing } }, () => description(routes));
}

function description(routes: readonly RouteOptions[]): Json {
  const paths: Record<string, Json> = {};
  for (const { url, method, schema } of routes) {
    const name = String(method).toLowerCase();
    paths[url] = { ...paths[url], [name]: operation((schema ?? {}) as Described) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Caro dashboard',
      version: '1',
      description: 'Local and private: every call needs the session cookie and the token that only the page holds.',
    },
    components: {
      securitySchemes: {
        cookie: { type: 'apiKey', in: 'cookie', name: 'caro_PORT' },
        page: { type: 'apiKey', in: 'header', name: 'x-caro-token' },
      },
    },
    security: [{ cookie: [], page: [] }],
    paths,
  };
}

function operation({ querystring, body, response }: Described): Json {
  const required = querystring?.required ?? [];
  const parameters = Object.entries(querystring?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  const answers = Object.entries(response ?? {}).map(([status, schema]) => [status, content('The answer.', schema)]);
  return {
    parameters,
    ...(body ? { requestBody: content('What to do.', body) } : {}),
    responses: { ...Object.fromEntries(answers), default: content('An error.', ERROR) },
  };
}

const content = (text: string, schema: Json): Json => ({
  description: text,
  content: { 'application/json': { schema: standard(schema) } },
});

/** Replaces our `nullable` by its JSON Schema 2020-12 form, at any depth. */
function standard(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(standard);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = schema as Json;
  const members = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, standard(value)]));
  return nullable === true ? { anyOf: [members, { type: 'null' }] } : members;
}
