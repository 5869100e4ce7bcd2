import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceMetrics } from '../../domain/status/metrics.ts';
import { METRICS_TYPE, metricsText } from '../../domain/status/metrics-text.ts';
import type { OwnHosts } from '../origins.ts';
import type { DaemonClient } from './daemon-client.ts';
import { checkRequest, errorText, HEADERS, type Refusal } from './request-checks.ts';

export interface MetricsPorts {
  readonly hosts: OwnHosts;
  readonly daemon: Pick<DaemonClient, 'ask' | 'scrape' | 'refused'>;
  /** True where the request carries both halves of a login. */
  readonly isLoggedIn: (request: IncomingMessage) => boolean;
}

const NO_TOKEN: Refusal = {
  status: 401,
  code: 'not_logged_in',
  message: 'Expected the token as `authorization: Bearer …`; `caro metrics --token` makes it and prints where it lies.',
};
const SILENT: Refusal = { status: 503, code: 'not_running', message: 'The service does not answer.' };

/**
 * `/metrics` for Prometheus, answered by the bare server: a scrape loads neither Fastify nor
 * SQLite. The token is compared by the service; this process never learns it. False for any other
 * request.
 */
export function createMetricsPage(
  ports: MetricsPorts,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') return false;
    const refusal = checkRequest(request, 'call', ports.hosts);
    if (refusal) {
      ports.daemon.refused(refusal.reason);
      refuse(response, refusal);
    } else void answer(ports, request, response);
    return true;
  };
}

async function answer(ports: MetricsPorts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const metrics = await read(ports, request);
    if (metrics) response.writeHead(200, { ...HEADERS, 'content-type': METRICS_TYPE }).end(metricsText(metrics));
    else {
      ports.daemon.refused('metrics');
      response.setHeader('www-authenticate', 'Bearer realm="caro"');
      refuse(response, NO_TOKEN);
    }
  } catch {
    refuse(response, SILENT);
  }
}

async function read({ daemon, isLoggedIn }: MetricsPorts, request: IncomingMessage): Promise<ServiceMetrics | null> {
  if (isLoggedIn(request)) return daemon.ask('service.metrics', {});
  const token = /^Bearer ([\w-]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? null : daemon.scrape(token);
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  response
    .writeHead(refusal.status, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .end(errorText(refusal));
}
