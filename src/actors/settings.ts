import type { Actor } from '../bus/actor.ts';
import type { Bus, BusClient } from '../bus/bus.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import { configurationChanges } from '../domain/configuration-changes.ts';
import { CaroError } from '../domain/errors.ts';
import { type KeyChange, needsConfirmation, revokedWith } from '../domain/identity/key-state.ts';
import type { SharingLevel } from '../domain/policy/trust.ts';
import type { SettingsChange } from '../domain/settings-change.ts';
import type { PairedNode } from '../domain/status/status.ts';
import { assertOtherNode } from '../policy/own-id.ts';
import { overruledTests, verifyBeforeWriting } from '../policy/trust-test.ts';

export interface SettingsPorts {
  readonly bus: BusClient & Pick<Bus, 'requestAll'>;
  /** The id of this node. */
  readonly self: () => string;
  /** Reads the configuration files. @throws CaroError `config_invalid` and the like */
  readonly load: () => Promise<Configuration>;
  /**
   * Edits `managed.toml` under its file lock. Nothing is written if `verify` throws.
   * `revoked`: the node ids that a revocation denies.
   */
  readonly edit: (
    change: SettingsChange,
    revoked: readonly string[],
    verify: (next: Configuration) => void,
  ) => Promise<void>;
  /** The configuration in force. Decisions read it at the moment they are made. */
  readonly current: () => Configuration;
  readonly adopt: (next: Configuration) => void;
  readonly audited: AuditedConfiguration;
}

/** The configuration that the audit log already describes. */
export interface AuditedConfiguration {
  readonly read: () => Configuration | null;
  readonly write: (configuration: Configuration) => void;
}

type Kinds = 'settings.change' | 'config.reload' | 'peer.paired';

/**
 * Owns `managed.toml`: verification, commit and rollback of every change of settings. Its mailbox
 * serializes changes and reloads: two at once would adopt and roll back over each other.
 */
export function createSettings(ports: SettingsPorts): Actor<Kinds> {
  return {
    name: 'settings',
    handlers: {
      'settings.change': async (change) => {
        await makeChange(ports, change);
        return null;
      },
      'config.reload': async () => {
        const before = ports.current();
        await reload(ports);
        return { changed: configurationChanges(before, ports.current()).length > 0 };
      },
      'peer.paired': async (peer) => {
        await rememberPeer(ports, peer);
        return null;
      },
    },
  };
}

async function makeChange(ports: SettingsPorts, change: SettingsChange): Promise<void> {
  assertOtherNode(change, ports.self());
  switch (change.set) {
    case 'sharing':
      await assertConsent(ports, change.level, change.preview);
      break;
    case 'trust':
      assertNotDenied(ports.current(), change.id, change.lift ?? []);
      break;
    case 'revoked':
      await revoke(ports, change);
      return;
    default:
  }
  await ports.edit(change, [], verifyBeforeWriting);
  await reload(ports);
  if (change.set === 'trust' && change.level !== 'untrusted') await confirmClaim(ports, change.id);
}

/** How much may leave at each level: nothing; summaries and sums; sums only. */
const EXPOSURE: Readonly<Record<SharingLevel, number>> = { 0: 0, 1: 2, 2: 1 };

/**
 * To share more than before, the owner must have seen what would leave at that level: a summary, or
 * the vectors of level 2 (FR-303, FR-504).
 */
async function assertConsent(
  { bus, current }: SettingsPorts,
  level: SharingLevel,
  preview: string | undefined,
): Promise<void> {
  if (EXPOSURE[level] <= EXPOSURE[current().sharing.level]) return;
  const shown = level === 2 ? 'aggregates.shown' : 'summary.shown';
  if (preview !== undefined && (await bus.request(shown, { digest: preview }))) return;
  throw new CaroError(
    'preview_unseen',
    `expected a preview that was shown within the last hour before more is shared, got ${preview === undefined ? 'none' : 'another one'}; look at it with caro sharing enable or on the privacy page, then try again`,
  );
}

function assertNotDenied({ trust }: Configuration, id: string, lift: readonly string[]): void {
  if (!trust.deny.nodes.includes(id) || lift.includes(id)) return;
  throw new CaroError('usage', 'expected a node that is not denied; to trust a revoked key again, use caro trust set');
}

/** Whoever trusts a key that claims to follow another has confirmed that claim. */
async function confirmClaim({ bus }: SettingsPorts, id: string): Promise<void> {
  const changes = await bus.request('trust.keys', {});
  if (changes.some((change) => change.new === id && needsConfirmation(change)))
    await bus.request('trust.confirm', { id });
}

/**
 * A revocation MUST be written, whatever else is wrong: neither a failing trust test nor a key book
 * that cannot be read prevents it.
 */
async function revoke(ports: SettingsPorts, change: SettingsChange & { readonly set: 'revoked' }): Promise<void> {
  const changes = await ports.bus.request('trust.keys', {}).catch((): readonly KeyChange[] => []);
  await ports.edit(change, revokedWith(changes, change.id), () => undefined);
  try {
    await reload(ports);
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    // A configuration that fails verification leaves everything as it was. A failure after that
    // keeps the new denials in force.
    const state = error.code === 'config_invalid' ? 'but NOT in force' : 'and denials are in force';
    throw new CaroError(
      error.code,
      `written, ${state}; the service did not accept the configuration as a whole; correct it, then: caro reload\n${error.message}`,
      { cause: error },
    );
  }
}

/**
 * Stores the name and address of a paired node. It gets no trust: each owner sets a level. A name
 * that another peer has gets a number, or the configuration would be invalid.
 */
async function rememberPeer(ports: SettingsPorts, peer: PairedNode): Promise<void> {
  const { id, name, fingerprint, address } = peer;
  const others = ports.current().mesh.peers.filter((other) => other.id !== id);
  const known = { name: freeName(name, others), id, ...(address === null ? {} : { address }) };
  await ports.edit({ set: 'peer', peer: known }, [], () => undefined);
  await ports.bus.request('audit.append', { type: 'peer.paired', peer: id, details: { name, fingerprint, address } });
  await reload(ports);
  await ports.bus.publish('mesh.changed', { change: 'paired', ...peer });
}

function freeName(name: string, others: readonly PeerEntry[]): string {
  const isFree = (text: string): boolean => !others.some((other) => other.name === text);
  let free = name;
  for (let number = 2; !isFree(free); number += 1) free = `${name.slice(0, 28)}-${number}`;
  return free;
}

/**
 * Every actor verifies the new configuration, then all commit it, or all reject it (docs/design.md
 * §4). It is adopted before the commit, because the mesh re-evaluates its connections during the
 * commit and MUST use the new one.
 *
 * @throws CaroError the reason for the rejection; the previous settings are then in force again,
 *   with the denials of the new ones
 */
async function reload(ports: SettingsPorts): Promise<void> {
  const before = ports.current();
  const next = await ports.load();
  await ports.bus.requestAll('config.verify', next);
  ports.adopt(next);
  try {
    await ports.bus.requestAll('config.commit', next);
  } catch (error) {
    await rollBack(ports, before, next, error);
    throw rolledBack(error);
  }
  await recordConfiguration(ports, next);
}

/**
 * Writes to the audit log what changed since the configuration that it describes, including changes
 * made while the service was stopped (FR-903).
 */
export async function recordConfiguration(
  { audited, bus }: Pick<SettingsPorts, 'audited' | 'bus'>,
  next: Configuration,
): Promise<void> {
  const before = audited.read();
  for (const change of [...configurationChanges(before, next), ...overruled(before, next)])
    await bus.request('audit.append', change);
  audited.write(next);
}

/**
 * A trust test that fails because its node was revoked does not block the change, but is recorded.
 */
function overruled(before: Configuration | null, next: Configuration): readonly AuditEntry[] {
  const listed = (settings: Configuration) =>
    overruledTests(settings).map(({ index, test }) => ({ index, who: test.who, expect: test.expect }));
  const [then, now] = [before === null ? [] : listed(before), listed(next)];
  const isNew = now.length > 0 && JSON.stringify(then) !== JSON.stringify(now);
  return isNew ? [{ type: 'trust.overruled', details: { tests: now } }] : [];
}

/**
 * Some actors committed the new settings and one failed. All return to the previous ones, but nodes
 * denied by the new settings stay denied: a port in use must not undo a revocation.
 */
async function rollBack(
  ports: SettingsPorts,
  before: Configuration,
  next: Configuration,
  cause: unknown,
): Promise<void> {
  const former = withDenials(before, next);
  ports.adopt(former);
  const isEverywhere = await ports.bus.requestAll('config.commit', former).then(
    () => true,
    () => false,
  );
  const code = cause instanceof CaroError ? cause.code : 'internal';
  await ports.bus.request('audit.append', { type: 'config.rolled_back', details: { code, everywhere: isEverywhere } });
  await recordConfiguration(ports, former);
}

function withDenials(before: Configuration, { trust }: Configuration): Configuration {
  const union = (a: readonly string[] = [], b: readonly string[] = []): readonly string[] => [...new Set([...a, ...b])];
  const revoked = union(before.trust.revoked, trust.revoked);
  return {
    ...before,
    trust: {
      ...before.trust,
      deny: {
        nodes: union(before.trust.deny.nodes, trust.deny.nodes),
        subnets: union(before.trust.deny.subnets, trust.deny.subnets),
      },
      ...(revoked.length === 0 ? {} : { revoked }),
    },
  };
}

function rolledBack(cause: unknown): CaroError {
  const [code, text] =
    cause instanceof CaroError
      ? [cause.code, cause.message]
      : (['internal', 'a part of the service could not apply the new settings'] as const);
  return new CaroError(code, `${text}; the previous settings are in force again, with the denials of the new ones`, {
    cause,
  });
}
