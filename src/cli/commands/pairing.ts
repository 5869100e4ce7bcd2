import { isIP } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import { callAdmin, followAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import { CaroError } from '../../domain/errors.ts';
import { isLoopback, parseEndpoint } from '../../domain/ip-address.ts';
import type { MeshChange, OpenInvite, PairedNode } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { readLine } from '../input/line-prompt.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { sayFacts } from '../output/table.ts';

const JOIN_MS = 130_000;

interface InviteOptions {
  readonly host?: string;
  readonly json?: true;
}

export function addInvite(peers: Command, context: Context): void {
  peers
    .command('invite')
    .description('print a pairing code, valid for ten minutes; on a terminal, wait for the other node')
    .option('--host <ip>', 'address at which the other node reaches this one', parseHost)
    .option('--json', 'print one JSON object and do not wait')
    .action((options: InviteOptions) =>
      context.stdout.isTTY === true && !options.json ? inviteAndWait(context, options) : invite(context, options),
    );
}

const openInvite = (context: Context, { host }: InviteOptions): Promise<OpenInvite> =>
  callAdmin(context.places().socket, 'peers.invite', host === undefined ? {} : { host });

async function invite(context: Context, options: InviteOptions): Promise<void> {
  const opened = await openInvite(context, options);
  if (options.json) sayJson(context, opened);
  else sayInvite(context, options, opened);
}

function sayInvite(context: Context, { host }: InviteOptions, { code, expiresAt }: OpenInvite): void {
  const { listen } = loadConfiguration(context.places(), context.hostname).configuration.mesh;
  if (host === undefined && isLoopback(parseEndpoint(listen)?.host ?? ''))
    context.stderr.write(
      `# This node listens on ${listen}, so the code works on this machine only. For others, set mesh.listen.\n`,
    );
  say(context, code);
  context.stderr.write(
    `# valid once, until ${localTime(expiresAt)}; on the other node, run: caro peers join\n` +
      '# Pairing grants no trust: both sides set it with caro trust set.\n',
  );
}

/** Subscribes before it opens the invite, so that no notice is missed. Ends with the invite. */
async function inviteAndWait(context: Context, options: InviteOptions): Promise<void> {
  const over = new AbortController();
  let expiry: NodeJS.Timeout | undefined;
  let opening: Promise<void> | undefined;
  const open = async (): Promise<void> => {
    const opened = await openInvite(context, options);
    sayInvite(context, options, opened);
    expiry = setTimeout(() => over.abort(), Date.parse(opened.expiresAt) - Date.now());
  };
  const begin = (): void => {
    opening = open().catch((error: unknown) => {
      over.abort();
      throw error;
    });
    // Awaited below; until then a rejection must not end the process.
    opening.catch(() => undefined);
  };
  try {
    const peer = await nextPaired(context, AbortSignal.any([over.signal, context.interrupted]), begin);
    await opening;
    if (peer) sayPaired(context, peer);
    else say(context, context.interrupted.aborted ? 'The code stays valid until then.' : 'No node joined.');
  } finally {
    clearTimeout(expiry);
  }
}

async function nextPaired(context: Context, until: AbortSignal, onReady: () => void): Promise<PairedNode | undefined> {
  for await (const { params } of followAdmin(context.places().socket, ['mesh'], until, onReady)) {
    const change = params as MeshChange;
    if (change.change === 'paired') return change;
    if (change.change === 'unstored')
      throw new CaroError(
        'pairing_unstored',
        `${change.name} proved the code but could not be stored (${change.code}); run: caro doctor; then: caro peers invite`,
      );
  }
  return undefined;
}

export function addJoin(peers: Command, context: Context): void {
  peers
    .command('join')
    .description('pair with the node where caro peers invite printed a code; reads the code from the terminal or stdin')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const code = await readLine(context, 'Code: ');
      const peer = await callAdmin(context.places().socket, 'peers.join', { code }, JOIN_MS);
      if (options.json) sayJson(context, peer);
      else sayPaired(context, peer);
    });
}

function sayPaired(context: Context, { id, name, fingerprint, address }: PairedNode): void {
  sayFacts(context, [
    ['paired with', name],
    ['fingerprint', fingerprint],
    ['node id', id],
    ['address', address ?? 'none: it accepts no connections'],
  ]);
  const who = address === null ? id : name;
  say(context);
  say(
    context,
    'Compare the fingerprint with the other owner, then set a trust level. Nothing is exchanged until both sides have:',
  );
  say(context, `  caro trust set ${who} LEVEL     (share_to, query_from, peer or supervisor)`);
}

function parseHost(text: string): string {
  if (isIP(text) !== 0 && !text.includes('%')) return text;
  throw new InvalidArgumentError('Expected an IP address of this machine.');
}
