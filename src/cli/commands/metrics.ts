import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { preparePlaces } from '../../config/places.ts';
import { metricsText } from '../../domain/status/metrics-text.ts';
import { replacePrivately } from '../../platform/files/private-file.ts';
import type { Context } from '../context.ts';
import { say, sayJson } from '../output/output.ts';

interface Options {
  readonly token?: true;
  readonly json?: true;
}

export function addMetrics(program: Command, context: Context): void {
  program
    .command('metrics')
    .description('counters and states of the service for Prometheus; contains no commands')
    .option('--token', 'create the token for /metrics of the dashboard and print the path of its file')
    .option('--json', 'print one JSON object')
    .action(async ({ token, json }: Options) => {
      if (token) {
        const file = makeToken(context);
        if (json) sayJson(context, { file });
        else say(context, file);
        return;
      }
      const metrics = await callAdmin(context.places().socket, 'service.metrics', {});
      if (json) sayJson(context, metrics);
      else context.stdout.write(metricsText(metrics));
    });
}

/**
 * The token itself is never printed: a scraper reads the file (`credentials_file`). An existing
 * token is kept.
 */
function makeToken(context: Context): string {
  const places = context.places();
  preparePlaces(places);
  if (!existsSync(places.metricsToken))
    replacePrivately(places.metricsToken, `${randomBytes(32).toString('base64url')}\n`);
  return places.metricsToken;
}
