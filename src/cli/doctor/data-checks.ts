import { existsSync, lstatSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { parseSpoolName } from '../../domain/spool/spool-record.ts';
import { byteSize, duration } from '../output/output.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

const MIB = 1024 * 1024;
const LITTLE_SPACE_BYTES = 256 * MIB;
/** With less, a backup or a burst of commands may not fit. */
const NO_SPACE_BYTES = 64 * MIB;
/** A running service collects a record within milliseconds. */
const STALE_MS = 60_000;
/** Smaller steps back are normal for the clock of one machine. */
const BACKWARDS_MS = 60_000;

export function diskSpace(folder: string): Verdict {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < NO_SPACE_BYTES)
    return bad(`only ${byteSize(free)} free in ${folder}; free some space: what finds no room is lost`);
  return free < LITTLE_SPACE_BYTES
    ? warn(`only ${byteSize(free)} free in ${folder}; free some space`)
    : ok(`${byteSize(free)} free`);
}

export async function database({ database: file }: Places): Promise<Verdict> {
  if (!existsSync(file)) return ok('none yet; the service creates it');
  const { damageOf } = await import('../../storage/database.ts');
  const damage = damageOf(file);
  return damage === null
    ? ok(file)
    : bad(`${file}: ${damage}; restart the service: it creates an empty one and keeps this one`);
}

/**
 * Damaged databases that were moved aside so that observation could continue. Much of their
 * content can often be recovered.
 */
export async function setAside({ database: file, data }: Places): Promise<Verdict> {
  if (!existsSync(data)) return ok('nothing');
  const { setAsideFiles } = await import('../../storage/database.ts');
  const files = setAsideFiles(file);
  return files.length === 0
    ? ok('nothing')
    : bad(`a damaged database was moved aside: ${files.join(', ')}; recover what can be read: caro db repair`);
}

/**
 * Whether the clock is behind the newest record. New records would be dated before older ones, and
 * peers refuse a node whose clock differs by 5 minutes.
 */
export async function clock({ database: file }: Places, now: Date): Promise<Verdict> {
  if (!existsSync(file)) return ok('no records yet');
  const [{ openReadOnly }, { createAuditStore }] = await Promise.all([
    import('../../storage/database.ts'),
    import('../../storage/audit/audit-store.ts'),
  ]);
  const store = openReadOnly(file);
  try {
    const ahead = Date.parse(createAuditStore(store).head()?.time ?? '') - now.getTime();
    return ahead > BACKWARDS_MS
      ? bad(`${duration(ahead)} behind the newest record of the audit log; set it, or turn on time synchronization`)
      : ok('not behind the newest record');
  } finally {
    store.close();
  }
}

/** What waits in the spool, and whether a service collects it. */
export function spool({ spool: folder }: Places, now: Date, isRunning: boolean): Verdict {
  if (!existsSync(folder)) return ok('none yet');
  const names = readdirSync(folder);
  const files = names.filter((name) => parseSpoolName(name)).map((name) => lstatSync(join(folder, name), NO_THROW));
  const foreign = files.filter((facts) => facts?.isFile() === false).length;
  if (foreign > 0)
    return bad(
      `${folder} holds ${foreign} ${foreign === 1 ? 'entry that is not a regular file' : 'entries that are not regular files'}; find out who created them, and remove them`,
    );
  const oldest = Math.min(...files.map((facts) => facts?.mtimeMs ?? Number.POSITIVE_INFINITY));
  const bytes = files.reduce((sum, facts) => sum + (facts?.size ?? 0), 0);
  const ageMs = now.getTime() - oldest;
  if (isRunning || bytes === 0 || ageMs < STALE_MS)
    return ok(bytes === 0 ? 'empty' : `${byteSize(bytes)} from open shells`);
  return bad(
    `${byteSize(bytes)} have been waiting for ${duration(ageMs)}, because no service runs; nothing is lost; run: caro service start`,
  );
}

const NO_THROW = { throwIfNoEntry: false } as const;
