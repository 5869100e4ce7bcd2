import { createHash } from 'node:crypto';
import type { Configuration } from '../domain/configuration.ts';
import { canonical } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import { validateConfiguration, validateManaged } from '../generated/configuration-validators.js';
import { managedProblems, ownerProblems, sharedNames } from './cross-checks.ts';
import { encodeManaged, type ManagedSettings, writeManaged } from './managed/managed-settings.ts';
import { merge } from './merge.ts';
import type { Places } from './places.ts';
import { located, type Problem, problemLine } from './problem.ts';
import { CONFIGURATION_SCHEMA, MANAGED_SCHEMA } from './schema.ts';
import { parseSettings, readSettings, type SettingsFile } from './settings-file.ts';

type ConfigurationPlaces = Pick<Places, 'config' | 'managed'>;
/** Only `node.name` may be missing from a checked file. Its default is the host name. */
export type OwnerSettings = Omit<Configuration, 'node'> & {
  readonly node: Omit<Configuration['node'], 'name'> & { readonly name?: string };
};

export interface LoadedConfiguration {
  /** Both files together, defaults filled in. */
  readonly configuration: Configuration;
  /** The content of `managed.toml` alone. */
  readonly managed: ManagedSettings;
  /**
   * Whether the owner has written that the mesh is off. Without a word of them it is off until the
   * node joins an organization.
   */
  readonly isMeshRefused: boolean;
  /**
   * 64 hex digits, SHA-256 of the canonical configuration. Equal settings have the same hash,
   * however they are written.
   */
  readonly hash: string;
}

/**
 * Reads `caro.toml` and `managed.toml`; missing files count as empty. `hostname` names the node if
 * the owner did not.
 *
 * @throws CaroError `config_invalid` with every problem on a line of its own (`FILE:LINE: KEY:
 *   expected …, got …; how to fix it`), `permissions_unsafe`, `place_unusable`
 */
export function loadConfiguration(places: ConfigurationPlaces, hostname: string): LoadedConfiguration {
  const owner = readSettings(places.config, CONFIGURATION_SCHEMA, validateConfiguration);
  return combined(owner, readSettings(places.managed, MANAGED_SCHEMA, validateManaged), hostname);
}

/** All problems of the two files; empty if the service would accept them. */
export function checkConfiguration(places: ConfigurationPlaces): readonly Problem[] {
  const owner = readSettings(places.config, CONFIGURATION_SCHEMA, validateConfiguration);
  return problemsOf(owner, readSettings(places.managed, MANAGED_SCHEMA, validateManaged));
}

/**
 * Changes `managed.toml` if the whole configuration stays valid. The service reads the file at its
 * next start or reload. `verify` may reject the result by throwing. Settings that the service would
 * refuse MUST NOT be written, or its next start would fail.
 * @throws CaroError `config_invalid` (nothing is written), `permissions_unsafe`, `place_unusable`
 */
export function changeManaged(
  places: ConfigurationPlaces,
  hostname: string,
  change: (settings: ManagedSettings) => ManagedSettings,
  verify: (configuration: Configuration) => void = () => undefined,
): LoadedConfiguration {
  const owner = readSettings(places.config, CONFIGURATION_SCHEMA, validateConfiguration);
  const before = readSettings(places.managed, MANAGED_SCHEMA, validateManaged);
  const { managed } = combined(owner, before, hostname);
  const text = encodeManaged(change(managed));
  const after = combined(owner, parseSettings(places.managed, text, MANAGED_SCHEMA, validateManaged), hostname);
  verify(after.configuration);
  writeManaged(places, after.managed);
  return after;
}

function combined(
  owner: SettingsFile<OwnerSettings>,
  managed: SettingsFile<ManagedSettings>,
  hostname: string,
): LoadedConfiguration {
  const problems = problemsOf(owner, managed);
  if (problems.length > 0 || !('data' in owner) || !('data' in managed)) {
    throw new CaroError('config_invalid', problems.map(problemLine).join('\n'));
  }
  const node = { ...owner.data.node, name: owner.data.node.name ?? nodeName(hostname) };
  const configuration = merge({ ...owner.data, node }, managed.data);
  const isMeshRefused = !owner.data.mesh.enabled && owner.lines.has(['mesh', 'enabled']);
  return { configuration, managed: managed.data, isMeshRefused, hash: hashOf(configuration) };
}

function problemsOf(owner: SettingsFile<OwnerSettings>, managed: SettingsFile<ManagedSettings>): readonly Problem[] {
  // If the owner's file is invalid, its flags are unknown, so the other is checked with the
  // strictest.
  const flags = 'data' in owner ? owner.data.mesh : { allow_dns: false, allow_public: false };
  return [
    ...owner.problems,
    ...('data' in owner ? ownerProblems(owner.data).map((found) => located(owner.file, owner.lines, found)) : []),
    ...managed.problems,
    ...('data' in managed
      ? managedProblems(managed.data, flags).map((found) => located(managed.file, managed.lines, found))
      : []),
    ...('data' in owner && 'data' in managed
      ? sharedNames(owner.data.mesh.peers, managed.data.mesh.peers).map((found) =>
          located(managed.file, managed.lines, found),
        )
      : []),
  ];
}

/** A host name as a node name: lower case, its first label, at most 32 characters. */
export function nodeName(hostname: string): string {
  const label = hostname.toLowerCase().split('.')[0] ?? '';
  const plain = label.replace(/[^a-z0-9-]/g, '-').slice(0, 32);
  return plain === '' ? 'node' : plain;
}

function hashOf(configuration: Configuration): string {
  const text = canonical(JSON.parse(JSON.stringify(configuration)) as Parameters<typeof canonical>[0]);
  return createHash('sha256').update(text).digest('hex');
}
