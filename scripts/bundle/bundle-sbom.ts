/**
 * The bill of materials as CycloneDX 1.5: the production dependencies of the lock file. The same
 * lock file gives the same bytes. The serial number, random with npm, is therefore derived from the
 * content, and the time is that of the release.
 *
 *   npx tsx scripts/bundle/bundle-sbom.ts     prints it
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseEpoch } from './bundle-archive.ts';

/** The part of package-lock.json that this script reads. */
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly name?: string; readonly version: string; readonly dev?: boolean }>
  >;
}

export interface SbomComponent {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
}

export interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly SbomComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * `root` contains package.json and package-lock.json. Needs npm 10. Makes no request to a registry.
 */
export function makeSbom(root: string, epochSeconds: number): Sbom {
  const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--silent'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { metadata, dependencies, ...rest } = JSON.parse(text) as Sbom;
  // npm names the root after its folder and adds its own version. Neither describes the program.
  const component = { ...(metadata['component'] as object), name: 'caro-mesh', type: 'application' };
  const timestamp = new Date(epochSeconds * 1_000).toISOString();
  const settled = { ...metadata, timestamp, tools: [{ vendor: 'npm', name: 'cli' }], component };
  const production = productionPurls(root);
  const components = rest.components
    .filter(({ purl }) => production.has(decodeURIComponent(purl)))
    .sort((a, b) => (a.purl < b.purl ? -1 : 1));
  const refs = new Set(components.map((one) => one['bom-ref']));
  const isKept = (ref: string): boolean => refs.has(ref) || ref.startsWith('caro-mesh@');
  const kept = dependencies
    .filter(({ ref }) => isKept(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) }));
  return { ...rest, serialNumber: serialOf(components), metadata: settled, components, dependencies: kept };
}

/**
 * `npm sbom --omit dev` also omits production packages that development needs as well (npm 11.19:
 * commander, semver, …). The lock file is complete.
 */
function productionPurls(root: string): ReadonlySet<string> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  return new Set(
    Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path, { name, version }]) => `pkg:npm/${name ?? path.split('node_modules/').at(-1)}@${version}`),
  );
}

/** A version 8 UUID (RFC 9562 §5.8) derived from a hash. */
function serialOf(components: readonly SbomComponent[]): string {
  const hex = createHash('sha256').update(JSON.stringify(components)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (process.argv[1]?.endsWith('bundle-sbom.ts') === true) {
  console.log(JSON.stringify(makeSbom(process.cwd(), releaseEpoch(process.cwd())), null, 2));
}
