/* What officers give to their commands, and owners who join. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { JsonSchema } from '../../domain/encoding/json-schema.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { OrgRole } from '../../domain/organisation/membership.ts';
import type { Officer, RosterHead } from '../../domain/organisation/roster.ts';
import { ADDRESS, BYTES_32, ORG_NAME, RELAY_URL, UNIT } from '../../domain/organisation/roster-schemas.ts';
import { type Identity, openIdentity, readIdentity } from '../../identity/identity.ts';
import { type Draft, readdress } from '../../organisation/draft.ts';
import { decodeRequest, type OpenedRequest } from '../../organisation/statements.ts';
import { naming, textOf } from './workspace.ts';

export function parseLevel(text: string): 1 | 2 {
  if (text === '1' || text === '2') return text === '1' ? 1 : 2;
  throw new InvalidArgumentError('Expected 1 or 2.');
}

export function parseRole(text: string): OrgRole {
  if (text === 'member' || text === 'supervisor' || text === 'trustee') return text;
  throw new InvalidArgumentError('Expected member, supervisor or trustee.');
}

export function parseOrgName(text: string): string {
  if (matches(ORG_NAME, text)) return text;
  throw new InvalidArgumentError('Expected 1 to 64 characters from a-z, 0-9, . and -, such as example-gmbh.');
}

export function parseUnit(text: string): string {
  if (matches(UNIT, text)) return text;
  throw new InvalidArgumentError('Expected 1 to 64 characters from a-z, 0-9, / . _ and -, such as berlin/it.');
}

const matches = ({ pattern }: JsonSchema, text: string): boolean => new RegExp(String(pattern), 'u').test(text);

/**
 * The key of an officer.
 * @throws CaroError `not_found`, `identity_damaged`, `permissions_unsafe`
 */
export function officerKey(file: string): Identity {
  if (existsSync(file)) return keyIn(file, () => readIdentity(file));
  throw new CaroError(
    'not_found',
    `${file}: expected the key of an officer, there is no file; make one: caro org key FILE`,
  );
}

/** The same, made where there is no file yet. */
export const madeKey = (file: string): Identity => keyIn(file, () => openIdentity(file));

/** The advice for the key of a node (to move the file, to change its mode) is wrong for others. */
function keyIn(file: string, open: () => Identity): Identity {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    if (error.code === 'permissions_unsafe' && looksLikeKey(file)) throw error;
    if (error.code === 'place_unusable' && !existsSync(file))
      throw new CaroError(
        'place_unusable',
        `${file}: expected a file that can be made; name one in a folder of yours`,
        { cause: error },
      );
    throw new CaroError(
      'identity_damaged',
      `${file}: expected the key of an officer, as caro org key makes it, got another file; name that of the key`,
      { cause: error },
    );
  }
}

function looksLikeKey(file: string): boolean {
  try {
    return statSync(file).isFile() && readFileSync(file, 'latin1').startsWith('-----BEGIN PRIVATE KEY-----');
  } catch {
    return false;
  }
}

/** `name=caro:ed25519:…` or `name=file` */
export function officerOf(text: string): Officer {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (name === '') throw new CaroError('usage', `expected an officer as name=key, got ${JSON.stringify(text)}`);
  if (parseNodeId(value)) return { name, id: value };
  if (existsSync(value)) return { name, id: officerKey(value).id };
  throw new CaroError(
    'usage',
    `expected the id of the key of ${name} (caro:ed25519:…, as caro org key prints it) or its file, got ${JSON.stringify(value)}`,
  );
}

/** `file@address,address` */
export function nodeOf(text: string): { readonly opened: OpenedRequest; readonly addresses: readonly string[] } {
  const at = text.lastIndexOf('@');
  const [file, addresses] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return {
    opened: naming(file, decodeRequest)(textOf(file)),
    addresses: addresses
      .split(',')
      .filter((one) => one !== '')
      .map(addressOf),
  };
}

/** @throws CaroError `usage` */
export function addressOf(text: string): string {
  if (matches(ADDRESS, text) && isPort(text)) return text;
  throw new CaroError('usage', `expected an address as IP:port, such as 10.0.1.5:9238, got ${JSON.stringify(text)}`);
}

function isPort(address: string): boolean {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  return port >= 1 && port <= 65_535;
}

/** `url=key` @throws CaroError `usage` */
export function relayOf(text: string): RosterHead['relays'][number] {
  const at = text.indexOf('=');
  const [url, key] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (matches(RELAY_URL, url) && isPort(url) && matches(BYTES_32, key)) return { url, key };
  throw new CaroError(
    'usage',
    `expected a relay as tls://IP:port=HASH, the SHA-256 of its public key in base64, got ${JSON.stringify(text)}`,
  );
}

/** @param text `name=address,address` */
export function moved(draft: Draft, text: string): Draft {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new CaroError('usage', `expected an address as name=IP:port, got ${JSON.stringify(text)}`);
  return readdress(
    draft,
    text.slice(0, at),
    text
      .slice(at + 1)
      .split(',')
      .map(addressOf),
  );
}
