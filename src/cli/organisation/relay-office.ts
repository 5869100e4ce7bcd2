import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { OrgRole } from '../../domain/organisation/membership.ts';
import type { Card, RosterHead, RosterRelay } from '../../domain/organisation/roster.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { makeCertificate, tlsMaterial } from '../../identity/certificate.ts';
import { fingerprint } from '../../identity/fingerprint.ts';
import { mailboxOf } from '../../identity/mailbox.ts';
import type { Signer } from '../../identity/signed-document.ts';
import { type AuthorityFile, issueCredential, revokeCredentials, serverFile } from '../../keys/relay-authority.ts';
import type { Draft } from '../../organisation/draft.ts';
import { encodePass, signPass } from '../../organisation/relay-pass.ts';
import { roleIn } from '../../organisation/terms.ts';
import { replacePrivately } from '../../platform/files/private-file.ts';
import { makeFolder, textOf, type Workspace } from './workspace.ts';

const DAY_MS = 86_400_000;
/** How long a pass is valid after its version of the roster has expired, and when it is renewed. */
const PASS_DAYS = { grace: 90, renewed: 30 } as const;
/** Nodes compare the key, not the date. */
const CERTIFICATE_DAYS = 3_650;
const SEED_BYTES = 32;

/** Where the relay is, and where its files are on that machine. */
export interface RelayPlaces {
  /** `IP:port` that members dial. */
  readonly address: string;
  readonly listen: string;
  readonly folder: string;
  readonly store: string;
  /** Room for streams in GB. */
  readonly diskGb?: number;
}

interface Issued {
  readonly role: OrgRole;
  readonly card: Card;
  readonly expires: string;
}

/** What the officer who runs the relay keeps beside their key; all of it is secret. */
export interface RelayOffice {
  readonly version: 1;
  readonly authority: AuthorityFile;
  /** Seed of the server's TLS key, base64. */
  readonly tlsSeed: string;
  readonly places: RelayPlaces;
  /** Passes that are valid, by node id. */
  readonly issued: Readonly<Record<string, Issued>>;
}

const officeFile = (keyFile: string): string => `${keyFile}.relay`;

/** Null if the officer with this key runs no relay. @throws CaroError `keys_damaged` */
export function readOffice(keyFile: string): RelayOffice | null {
  const file = officeFile(keyFile);
  if (!existsSync(file)) return null;
  try {
    const office = JSON.parse(textOf(file)) as Partial<RelayOffice> | null;
    if (office?.version === 1 && office.authority?.version === 1 && office.places && office.issued && office.tlsSeed)
      return office as RelayOffice;
  } catch {
    // Treated like a file of another form. The text of the error could quote a secret.
  }
  throw new CaroError('keys_damaged', `${file}: expected the keys of a relay, got something else; restore a copy`);
}

export const writeOffice = (keyFile: string, office: RelayOffice): void =>
  replacePrivately(officeFile(keyFile), `${JSON.stringify(office)}\n`);

export const newTlsSeed = (): string => randomBytes(SEED_BYTES).toString('base64');

const material = ({ tlsSeed }: Pick<RelayOffice, 'tlsSeed'>, certificate = '') =>
  tlsMaterial({ seed: () => new Uint8Array(Buffer.from(tlsSeed, 'base64')) }, certificate);

/** The relay as the roster names it. */
export function relayOf(office: Pick<RelayOffice, 'tlsSeed' | 'places'>): RosterRelay {
  const publicKey = createPublicKey(material(office).key).export({ format: 'der', type: 'spki' });
  return { url: `tls://${office.places.address}`, key: createHash('sha256').update(publicKey).digest('base64') };
}

/** Writes the files of the server into a folder. */
export async function writeServerFiles(office: RelayOffice, folder: string, nowMs: number): Promise<void> {
  const { authority, places, tlsSeed } = office;
  const at = (name: string): string => join(places.folder, name);
  const files = { certificate: at('relay.pem'), key: at('relay.key') };
  const seed = (): Uint8Array => new Uint8Array(Buffer.from(tlsSeed, 'base64'));
  makeFolder(folder);
  const write = (name: string, text: string): void => replacePrivately(join(folder, name), text);
  write('nats-server.conf', serverFile(authority, { ...places, ...files }, nowMs));
  write('caro-relay.service', unitOf(places));
  write('relay.key', material(office).key);
  if (!existsSync(join(folder, 'relay.pem')))
    write('relay.pem', await makeCertificate({ seed }, nowMs, CERTIFICATE_DAYS));
}

const unitOf = ({ folder, store }: RelayPlaces): string => `[Unit]
Description=Relay of Caro mesh (nats-server)
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/sbin/nats-server -c ${join(folder, 'nats-server.conf')}
ExecReload=/bin/kill -HUP $MAINPID
User=nats
Restart=always
RestartSec=1
LimitNOFILE=131072
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ReadWritePaths=${store}

[Install]
WantedBy=multi-user.target
`;

export interface Issue {
  readonly office: RelayOffice;
  readonly passes: number;
  readonly revoked: number;
}

/**
 * Gives each node of the draft that needs one a pass, and revokes what others have: leavers, nodes
 * with other keys, and nodes whose role has changed.
 */
export async function issuePasses(
  workspace: Workspace,
  before: RelayOffice,
  { head: { head }, members }: Draft,
  { signer, nowMs }: { readonly signer: Signer; readonly nowMs: number },
): Promise<Issue> {
  const nodes = new Map([...members, ...head.supervisors, ...head.trustees].map(({ id, card }) => [id, card]));
  const issued: Record<string, Issued> = {};
  let { authority } = before;
  let [passes, revoked] = [0, 0];
  for (const [id, known] of Object.entries(before.issued)) {
    const card = nodes.get(id);
    if (card && isSame(known, { card, role: roleIn(head, id) })) {
      issued[id] = known;
      continue;
    }
    // A second back: what is issued now for the same key has to be accepted.
    authority = revokeCredentials(authority, bytesOf(known.card.connectionKey), nowMs - 1_000);
    revoked += 1;
  }
  const expires = isoTime(Date.parse(head.expires) + PASS_DAYS.grace * DAY_MS);
  const renewed = isoTime(Date.parse(head.expires) + PASS_DAYS.renewed * DAY_MS);
  for (const [id, card] of nodes) {
    const known = issued[id];
    if (known !== undefined && known.expires >= renewed) continue;
    const role = roleIn(head, id);
    const text = passOf(authority, { head, id, card, role, expires }, { signer, nowMs });
    await workspace.write('passes', fingerprint(parseNodeId(id) ?? new Uint8Array()), text);
    issued[id] = { role, card, expires };
    passes += 1;
  }
  return { office: { ...before, authority, issued }, passes, revoked };
}

interface PassFor {
  readonly head: RosterHead;
  readonly id: string;
  readonly card: Card;
  readonly role: OrgRole;
  readonly expires: string;
}

function passOf(
  authority: AuthorityFile,
  { head, id, card, role, expires }: PassFor,
  { signer, nowMs }: { readonly signer: Signer; readonly nowMs: number },
): string {
  const terms = {
    connectionKey: bytesOf(card.connectionKey),
    mailbox: mailboxOf(id),
    expiresMs: Date.parse(expires),
    nowMs,
  };
  const isAggregator = role !== 'member';
  const fleetRole = isAggregator ? 'aggregator' : 'node';
  const content = {
    fleet: issueCredential(authority, { account: 'fleet', role: fleetRole, ...terms }),
    docs: isAggregator ? issueCredential(authority, { account: 'docs', role: 'aggregator', ...terms }) : null,
    questionKey: authority.questionKey,
  };
  const opened = signPass(
    { org: head.org, node: id, createdAt: isoTime(nowMs), expires, sealingKey: card.sealingKey, content },
    signer,
  );
  return encodePass(opened);
}

const isSame = (known: Issued, { card, role }: Pick<Issued, 'card' | 'role'>): boolean =>
  known.role === role && known.card.connectionKey === card.connectionKey && known.card.sealingKey === card.sealingKey;

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
