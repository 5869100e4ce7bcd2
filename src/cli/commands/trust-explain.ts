import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseEndpoint } from '../../domain/ip-address.ts';
import { addressesOf } from '../../domain/peer-addresses.ts';
import type { Explanation, PolicyQuestion, TrustTestResult } from '../../domain/policy/policy.ts';
import { QUERY_TYPES, type QueryType } from '../../domain/policy/trust.ts';
import { explain as explainOffline } from '../../policy/explanation.ts';
import { runTrustTests } from '../../policy/trust-test.ts';
import type { Context } from '../context.ts';
import { withStanding } from '../input/key-changes.ts';
import { nodeIdOf, shownName } from '../input/peer-names.ts';
import { paint, say, sayJson } from '../output/output.ts';
import { sayFacts } from '../output/table.ts';

interface ExplainOptions {
  readonly from?: string;
  readonly query?: QueryType;
  readonly json?: true;
}

export function addExplain(trust: Command, context: Context): void {
  trust
    .command('explain')
    .description('show what a node may do, and which rule decides')
    .argument('<id>', 'node id or name')
    .option('--from <ip>', 'address that it connects from (default: the address of the peer)', parseIp)
    .addOption(new Option('--query <type>', 'query that it sends').choices(QUERY_TYPES))
    .option('--json', 'print one JSON object')
    .action(async (text: string, options: ExplainOptions) => {
      const { configuration } = loadConfiguration(context.places(), context.hostname);
      const question = await questionOf(context, text, options, configuration);
      const explanation = await explained(context, question, configuration);
      if (options.json) sayJson(context, explanation);
      else sayExplanation(context, text, question, explanation);
    });
}

async function questionOf(
  context: Context,
  text: string,
  { from, query }: ExplainOptions,
  configuration: Configuration,
): Promise<PolicyQuestion> {
  const id = await nodeIdOf(context, text, configuration);
  const [known = ''] = addressesOf(configuration.mesh.peers.find((peer) => peer.id === id) ?? {});
  const host = parseEndpoint(known)?.host ?? '';
  const address = from ?? (isIP(host) === 0 ? undefined : host);
  return {
    id,
    ...(address === undefined ? {} : { address }),
    ...(query === undefined ? { action: 'connect' } : { action: 'query', queryType: query }),
  };
}

/** What the running service decides; without one, what it would decide after its start. */
export async function explained(
  context: Context,
  question: PolicyQuestion,
  configuration: Configuration,
): Promise<Explanation> {
  const { id, address, action, queryType } = question;
  try {
    return await callAdmin(context.places().socket, 'policy.explain', {
      id,
      action,
      ...(address === undefined ? {} : { address }),
      ...(queryType === undefined ? {} : { queryType }),
    });
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
    return explainOffline(configuration, withStanding(context, question));
  }
}

const ACTIONS: Readonly<Record<PolicyQuestion['action'], string>> = {
  connect: 'connect',
  'receive-summary': 'receive summaries',
  query: 'ask this node',
  advise: 'send advisories',
};

function sayExplanation(
  context: Context,
  who: string,
  { action, address, queryType }: PolicyQuestion,
  { decision, trust, steps, others, toolsKeptBack }: Explanation,
): void {
  const verdict = ({ allow, level }: Explanation['decision']): string =>
    allow ? `allow${level === null ? '' : ` L${level}`}` : 'deny';
  const asked = `${ACTIONS[action]}${queryType === undefined ? '' : ` for ${queryType}`}`;
  say(context, `May ${who} ${asked}${address === undefined ? '' : ` from ${address}`}?`);
  say(context);
  sayFacts(context, [
    ['decision', verdict(decision)],
    ['rule', decision.rule],
    ['reason', decision.reason],
    ['trust', trust],
  ]);
  say(context);
  say(context, 'Checked, in this order:');
  for (const [index, step] of steps.entries()) say(context, `  ${index + 1}. ${step}`);
  say(context);
  for (const [other, decided] of Object.entries(others) as [PolicyQuestion['action'], Explanation['decision']][])
    say(context, `May it ${ACTIONS[other]}? ${verdict(decided)}: ${decided.reason}`);
  if (toolsKeptBack.length > 0) say(context, `Never counted in answers to it: ${toolsKeptBack.join(', ')}`);
}

export function addTest(trust: Command, context: Context): void {
  trust
    .command('test')
    .description('run the [[trust.tests]] on the configuration files as they are on disk')
    .option('--json', 'print JSON lines')
    .action(({ json }: { readonly json?: true }) => {
      const { configuration } = loadConfiguration(context.places(), context.hostname);
      const results = runTrustTests(configuration);
      if (results.some(({ ok, overruled }) => !ok && !overruled)) context.failed();
      if (json) for (const result of results) sayJson(context, result);
      else if (results.length === 0) say(context, 'No tests. Write them as [[trust.tests]]; see docs/configuration.md');
      else for (const result of results) sayResult(context, configuration, result);
    });
}

function sayResult(context: Context, configuration: Configuration, result: TrustTestResult): void {
  const { index, test, ok, overruled, outcome, rule, now } = result;
  const from = test.from === undefined ? '' : ` from ${test.from}`;
  const what = `trust.tests[${index}]: ${shownName(test.who, configuration)}${from} asks for ${test.query}`;
  const came = ok ? outcome : `expected ${test.expect}, got ${outcome}`;
  const today = now === outcome ? '' : ` (now: ${now}, by sharing.level)`;
  const mark = ok
    ? paint(context, 'green', 'ok  ')
    : overruled
      ? paint(context, 'yellow', 'void')
      : paint(context, 'red', 'FAIL');
  const advice = overruled ? '; the node was revoked, which overrides the test: change the test' : '';
  say(context, `${mark}  ${what}: ${came} by ${rule}${today}${advice}`);
}

function parseIp(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new InvalidArgumentError('Expected an IP address, such as 10.0.1.7.');
}
