/* What officers give to their commands. */

import { InvalidArgumentError } from 'commander';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { OrgRole } from '../../domain/organisation/membership.ts';
import type { Officer } from '../../domain/organisation/roster.ts';
import { readIdentity } from '../../identity/identity.ts';
import { type Draft, readdress } from '../../organisation/draft.ts';
import { decodeRequest, type OpenedRequest } from '../../organisation/statements.ts';
import { textOf } from './workspace.ts';

export function parseLevel(text: string): 1 | 2 {
  if (text === '1' || text === '2') return text === '1' ? 1 : 2;
  throw new InvalidArgumentError('Expected 1 or 2.');
}

export function parseRole(text: string): OrgRole {
  if (text === 'member' || text === 'supervisor' || text === 'trustee') return text;
  throw new InvalidArgumentError('Expected member, supervisor or trustee.');
}

/** `name=caro:ed25519:…` or `name=file` */
export function officerOf(text: string): Officer {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (name === '') throw new CaroError('usage', `expected an officer as name=key, got ${JSON.stringify(text)}`);
  return { name, id: parseNodeId(value) ? value : readIdentity(value).id };
}

/** `file@address,address` */
export function nodeOf(text: string): { readonly opened: OpenedRequest; readonly addresses: readonly string[] } {
  const at = text.lastIndexOf('@');
  const [file, addresses] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return { opened: decodeRequest(textOf(file)), addresses: addresses.split(',').filter((one) => one !== '') };
}

/** @param text `name=address,address` */
export function moved(draft: Draft, text: string): Draft {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new CaroError('usage', `expected an address as name=IP:port, got ${JSON.stringify(text)}`);
  return readdress(draft, text.slice(0, at), text.slice(at + 1).split(','));
}
