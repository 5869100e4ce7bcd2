import type { FastifyInstance } from 'fastify';
import type { SharingLevel, TrustLevel } from '../../../domain/policy/trust.ts';
import { type DashboardPorts, proofIn } from '../ports.ts';
import * as schemas from '../schemas/mesh-schemas.ts';
import { INPUTS } from '../schemas/schemas.ts';

interface Explained {
  readonly id: string;
  readonly address?: string;
}

interface Trusted {
  readonly id: string;
  readonly level: TrustLevel;
}

const change = <S>(body: S) => ({ schema: { body, response: { 200: schemas.DONE } } });

/**
 * Who is trusted how far and why, and the owner's switches; whatever changes goes to the daemon
 * with the proof of the login.
 */
export function trustRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  const { daemon } = ports;
  app.get('/api/trust', { schema: { querystring: INPUTS.nothing, response: { 200: schemas.TRUST_RULES } } }, async () =>
    daemon.ask('trust.list', {}),
  );
  app.get<{ Querystring: Explained }>(
    '/api/trust/explanation',
    { schema: { querystring: INPUTS.explain, response: { 200: schemas.EXPLANATION } } },
    async ({ query }) => daemon.ask('policy.explain', { ...query, action: 'query' }),
  );
  app.get(
    '/api/trust/keys',
    { schema: { querystring: INPUTS.nothing, response: { 200: schemas.KEY_CHANGES } } },
    async () => ({ changes: await daemon.ask('trust.keys', {}) }),
  );
  app.post<{ Body: { readonly level: SharingLevel; readonly preview?: string } }>(
    '/api/sharing',
    change(INPUTS.sharing),
    async (request) => {
      await daemon.act('sharing.set', request.body, proofIn(request.headers, ports.port));
      return {};
    },
  );
  app.post<{ Body: Trusted }>('/api/trust', change(INPUTS.trust), async (request) => {
    await daemon.act('trust.set', request.body, proofIn(request.headers, ports.port));
    return {};
  });
  app.post<{ Body: { readonly id: string } }>('/api/trust/revocation', change(INPUTS.revocation), async (request) => {
    await daemon.act('trust.revoke', request.body, proofIn(request.headers, ports.port));
    return {};
  });
  app.post<{ Body: { readonly id: string } }>(
    '/api/trust/confirmation',
    change(INPUTS.confirmation),
    async (request) => {
      await daemon.act('trust.confirm', request.body, proofIn(request.headers, ports.port));
      return {};
    },
  );
}
