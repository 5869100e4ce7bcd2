import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CaroError } from '../../domain/errors.ts';
import { parseEndpoint } from '../../domain/ip-address.ts';
import { newAuthority } from '../../keys/relay-authority.ts';
import { changeDraft } from '../../organisation/draft.ts';
import type { Context } from '../context.ts';
import { parseCountFrom } from '../input/options.ts';
import { draftIn, type InFolder, keepDraft, workspaceOf } from '../organisation/drafts.ts';
import { officerKey } from '../organisation/officer-options.ts';
import {
  newTlsSeed,
  type RelayOffice,
  type RelayPlaces,
  readOffice,
  relayOf,
  writeOffice,
  writeServerFiles,
} from '../organisation/relay-office.ts';
import { say } from '../output/output.ts';

interface RelayConfigOptions extends InFolder, Partial<Omit<RelayPlaces, 'diskGb'>> {
  readonly disk?: number;
  readonly key: string;
}

/** From one supervisor and one trustee to more than a roster may name. */
const [LEAST_GB, MOST_GB] = [6, 1_000];
/** Where the server's files are on its machine. */
const DEFAULTS = { folder: '/etc/caro-relay', store: '/var/lib/caro-relay' } as const;

export function addRelayConfig(org: Command, context: Context, inFolder: (command: Command) => Command): void {
  inFolder(org.command('relay-config'))
    .description('write all files of a relay (nats-server), and name the relay in the draft')
    .requiredOption('--key <file>', "file of the officer's key; the relay's own keys are kept beside it")
    .option('--address <address>', 'IP:port that members dial; needed the first time')
    .option('--listen <address>', 'IP:port on which the server listens (the same address)')
    .option('--folder <folder>', `folder of these files on the machine of the relay (${DEFAULTS.folder})`)
    .option('--store <folder>', `folder of what the relay stores (${DEFAULTS.store})`)
    .option(
      '--disk <gigabytes>',
      'room for messages; each supervisor and trustee reserves 3 (16)',
      parseCountFrom(LEAST_GB, MOST_GB),
    )
    .action((options: RelayConfigOptions) => relayConfig(context, options));
}

async function relayConfig(context: Context, options: RelayConfigOptions): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = draftIn(context, workspace);
  const { head } = draft.head;
  const signer = officerKey(options.key);
  if (!head.officers.some(({ id }) => id === signer.id))
    throw new CaroError('usage', `expected the key of an officer, ${signer.fingerprint} is of none`);
  const nowMs = context.now().getTime();
  const before = readOffice(options.key);
  const office: RelayOffice = { ...(before ?? newOffice(nowMs)), places: placesFrom(options, before?.places) };
  const relay = relayOf(office);
  const others = head.relays.filter(({ key }) => key !== relay.key);
  if (others.length > 0)
    throw new CaroError(
      'usage',
      'expected a roster without another relay; remove it first: caro org change --without-relays',
    );
  writeOffice(options.key, office);
  const folder = join(workspace.folder, 'relay');
  await writeServerFiles(office, folder, nowMs);
  say(context, `${before === null ? 'made' : 'kept'} the keys of the relay in ${options.key}.relay; keep a copy`);
  say(context, `wrote nats-server.conf, relay.pem, relay.key (secret) and caro-relay.service to ${folder}`);
  say(context, `They belong into ${office.places.folder} on the machine of the relay; then start, or after a change:`);
  say(context, `  nats-server -c ${join(office.places.folder, 'nats-server.conf')}`);
  say(context, '  nats-server --signal reload');
  if (head.relays.some(({ url }) => url === relay.url)) return;
  await keepDraft(context, { workspace, options }, changeDraft(draft, { relays: [relay] }));
  say(context, `The signature with ${options.key} also makes the passes of all members`);
}

const newOffice = (nowMs: number): Omit<RelayOffice, 'places'> => ({
  version: 1,
  authority: newAuthority((count) => new Uint8Array(randomBytes(count)), nowMs),
  tlsSeed: newTlsSeed(),
  issued: {},
});

function placesFrom(options: RelayConfigOptions, before: RelayPlaces | undefined): RelayPlaces {
  const address = options.address ?? before?.address;
  if (address === undefined)
    throw new CaroError('usage', 'expected --address, the IP address and port of the relay that members dial');
  const listen = options.listen ?? (options.address === undefined ? before?.listen : undefined) ?? address;
  for (const text of [address, listen]) assertEndpoint(text);
  const folder = options.folder ?? before?.folder ?? DEFAULTS.folder;
  const store = options.store ?? before?.store ?? DEFAULTS.store;
  for (const path of [folder, store]) assertPath(path);
  const diskGb = options.disk ?? before?.diskGb;
  if (diskGb !== undefined && (diskGb < LEAST_GB || diskGb > MOST_GB))
    throw new CaroError('usage', `expected from ${LEAST_GB} to ${MOST_GB} gigabytes with --disk, got ${diskGb}`);
  return { address, listen, folder, store, ...(diskGb === undefined ? {} : { diskGb }) };
}

/** It is written into a unit of systemd, in which a space or a percent sign has a meaning. */
function assertPath(path: string): void {
  if (/^\/[\w./-]+$/.test(path)) return;
  throw new CaroError(
    'usage',
    `expected an absolute path of letters, digits and . _ - on the machine of the relay, got ${JSON.stringify(path)}`,
  );
}

function assertEndpoint(text: string): void {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined || !/^[0-9a-f.:[\]]+$/.test(text))
    throw new CaroError(
      'usage',
      `expected an IP address and a port such as 10.0.0.9:4222, got ${JSON.stringify(text)}`,
    );
}
