import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The first Node-API version that the newer binding is made for: Node.js 22.14 and later have it.
 */
const MIN_NODE_API = 10;

/**
 * SQLite by one of two releases of the same package (docs/adr/0011): 13 is one binding for every
 * Node.js from 22.14 on, and 12, which is compiled for one version, still serves Node.js 20; from
 * Node.js 24.19 on, 12 makes the process abort when it collects a statement.
 */
const release = Number(process.versions['napi']) >= MIN_NODE_API ? 'better-sqlite3-napi' : 'better-sqlite3';

const load = createRequire(__filename);
/**
 * Loaded by its folder: to find a package by its name, Node.js may load its resolver of ES modules
 * and the Unicode tables that it needs (docs/adr/0002).
 */
const folder = load.resolve
  .paths(release)
  ?.map((modules) => join(modules, release))
  .find((path) => existsSync(path));

export const Sqlite = load(folder ?? release) as typeof import('better-sqlite3');
