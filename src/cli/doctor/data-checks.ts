import { existsSync, lstatSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { parseSpoolName } from '../../domain/spool/spool-record.ts';
import { byteSize, duration } from '../output/output.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

const MIB = 1024 * 1024;
const LITTLE_SPACE_BYTES = 256 * MIB;
/** Less than this and a backup or a burst of commands may not fit. */
const NO_SPACE_BYTES = 64 * MIB;
/** The service takes a record within milliseconds. */
const STALE_MS = 60_000;
/** Clocks of one machine differ from themselves by less. */
const BACKWARDS_MS = 60_000;

export function diskSpace(folder: string): Verdict {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < NO_SPACE_BYTES)
    return bad(`only ${byteSize(free)} left in ${folder}; free some: commands wait in the spool until they fit`);
  return free < LITTLE_SPACE_BYTES
    ? warn(`only ${byteSize(free)} left in ${folder}; free some`)
    : ok(`${byteSize(free)} free`);
}

export async function database({ database: file }: Places): Promise<Verdict> {
  if (!existsSync(file)) return ok('none yet; the service makes it');
  const { damageOf } = await import('../../storage/database.ts');
  const damage = damageOf(file);
  return damage === null
    ? ok(file)
    : bad(`${file}: ${damage}; stop the service and start it: it begins a fresh one and keeps this`);
}

/**
 * Databases that were damaged and set aside, so that observation went on; what they hold can often
 * be had back.
 */
export async function setAside({ database: file, data }: Places): Promise<Verdict> {
  if (!existsSync(data)) return ok('nothing');
  const { setAsideFiles } = await import('../../storage/database.ts');
  const files = setAsideFiles(file);
  return files.length === 0
    ? ok('nothing')
    : bad(`a damaged database was set aside: ${files.join(', ')}; take over what it still holds: caro db repair`);
}

/**
 * Whether the clock stands behind what it has been: records would be dated before older ones, and
 * peers refuse us at 5 minutes.
 */
export async function clock({ database: file }: Places, now: Date): Promise<Verdict> {
  if (!existsSync(file)) return ok('nothing is dated yet');
  const [{ openReadOnly }, { createAuditStore }] = await Promise.all([
    import('../../storage/database.ts'),
    import('../../storage/audit-store.ts'),
  ]);
  const store = openReadOnly(file);
  try {
    const ahead = Date.parse(createAuditStore(store).head()?.time ?? '') - now.getTime();
    return ahead > BACKWARDS_MS
      ? bad(
          `it stands ${duration(ahead)} before the newest record of the audit log; set it, or turn on time synchronization`,
        )
      : ok('not behind the newest record');
  } finally {
    store.close();
  }
}

/** What waits in the spool, and whether anybody takes it. */
export function spool({ spool: folder }: Places, now: Date, isRunning: boolean): Verdict {
  if (!existsSync(folder)) return ok('none yet');
  const names = readdirSync(folder);
  const files = names.filter((name) => parseSpoolName(name)).map((name) => lstatSync(join(folder, name), NO_THROW));
  const foreign = files.filter((facts) => facts?.isFile() === false).length;
  if (foreign > 0)
    return bad(
      `in ${folder} ${foreign === 1 ? 'is something that is no plain file' : `are ${foreign} things that are no plain files`}; look who put it there, and remove it`,
    );
  const oldest = Math.min(...files.map((facts) => facts?.mtimeMs ?? Number.POSITIVE_INFINITY));
  const bytes = files.reduce((sum, facts) => sum + (facts?.size ?? 0), 0);
  const ageMs = now.getTime() - oldest;
  if (isRunning || bytes === 0 || ageMs < STALE_MS)
    return ok(bytes === 0 ? 'empty' : `${byteSize(bytes)} of open shells`);
  return bad(
    `${byteSize(bytes)} have waited for ${duration(ageMs)}, nobody takes them; nothing is lost: caro service start`,
  );
}

const NO_THROW = { throwIfNoEntry: false } as const;
