import type { FinishedCommand } from '../../domain/events/event.ts';
import { parseAgentSession } from '../../domain/spool/agent-record.ts';
import { type ObserveRules, observe, type RawCommand, sessionOf, timed } from '../../domain/spool/observation.ts';
import {
  type DecodedSpool,
  decodeSpool,
  IMPORT_PID,
  parseScratchName,
  parseSpoolName,
  type SpoolName,
} from '../../domain/spool/spool-record.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { EventStore } from '../../storage/events/event-store.ts';
import type { SpoolBytes, SpoolFolder } from '../../storage/spool/spool-folder.ts';
import { Handling, type HandlingPorts } from './handling.ts';

export interface IntakePorts extends HandlingPorts {
  readonly spool: Pick<SpoolFolder, 'names' | 'read' | 'blank' | 'remove' | 'removeOwn'>;
  readonly store: Pick<EventStore, 'offsetOf' | 'commit' | 'forget' | 'agentSessions'>;
  readonly isAlive: (pid: number, sessionStartUs: number) => boolean;
  /** Whether the process with this pid started that many ticks after the system. */
  readonly isProcess: (pid: number, ticks: number) => boolean;
  readonly now: () => number;
  readonly projects: {
    readonly namesOf: (directories: Iterable<string>) => Promise<ReadonlyMap<string, string | null>>;
  };
}

/** The current rules, read for each batch, so that a reload takes effect at once. */
export type IntakeRules = () => ObserveRules & { readonly redact: boolean };

export interface SpoolFile extends SpoolName {
  readonly name: string;
}

/** Larger than the largest record: read when `BATCH_BYTES` hold no complete one. */
const LARGEST_READ = 5 * 1024 * 1024;
/**
 * Read before each commit: some five hundred records share one fsync, and requests wait no longer.
 */
const BATCH_BYTES = 64 * 1024;

interface Chunk {
  readonly file: SpoolFile;
  readonly begun: readonly RawCommand[];
  readonly finished: readonly FinishedCommand[];
  /** Records that were invalid, or that the hook could not write. */
  readonly dropped: number;
  readonly bytes: number;
  readonly offset: number;
  /** Bytes after `offset`: an incomplete record, or more than this read could take. */
  readonly left: number;
}

/** Removes files at its end. */
interface Sweep {
  /** In the spool when it began. */
  readonly names: readonly string[];
  /** Files that have not been read to their end since. */
  readonly unread: Set<string>;
  /** That no shell writes to any more. */
  readonly files: readonly SpoolFile[];
  /** That have ended. */
  readonly sessions: readonly string[];
}

/**
 * Reads spool files into the database. A file is removed only after the commit that holds all of it
 * (docs/design.md §2). The read offset is part of that commit, so that a crash at any point neither
 * loses nor duplicates a command.
 */
export class SpoolIntake {
  readonly #offsets = new Map<string, number>();
  readonly #changed = new Map<string, SpoolFile>();
  readonly #waiting = new Map<string, SpoolFile>();
  #sweep: Sweep | null = null;
  readonly #refused = new Set<string>();
  readonly #handling: Handling;

  constructor(
    private readonly ports: IntakePorts,
    private readonly rules: IntakeRules,
  ) {
    this.#handling = new Handling(ports);
  }

  /** Number of spool entries that are not regular files of this user, since the start. */
  get refused(): number {
    return this.#refused.size;
  }

  /** Number of commands that were stored without being analysed, since the start. */
  get setAside(): number {
    return this.#handling.setAside;
  }

  /** Whether records wait for the next batch, or a sweep is not over. */
  get hasMore(): boolean {
    return this.#changed.size > 0 || this.#waiting.size > 0 || this.#sweep !== null;
  }

  /** Files that a shell has just written have a part of the next batch, whatever waits. */
  changed(names: readonly string[]): void {
    for (const file of names.flatMap(toSpoolFile)) this.#changed.set(file.name, file);
  }

  /** All files are read, and those that no shell will write to again are removed. One at a time. */
  beginSweep(): void {
    if (this.#sweep) return;
    const names = this.ports.spool.names();
    const files = names.flatMap(toSpoolFile);
    this.#sweep = { names, unread: new Set(files.map((file) => file.name)), ...this.#closed(files) };
    for (const file of files.toSorted((one, other) => one.start - other.start || one.pid - other.pid))
      this.#waiting.set(file.name, file);
  }

  /**
   * Commits one batch, and ends the sweep if it was the last. Resolves with the names that were in
   * the spool when that sweep began.
   */
  async next(): Promise<readonly string[]> {
    const batch = this.#batch();
    if (batch.length > 0) await this.#commit(batch);
    for (const { file, left } of batch) {
      if (left > 0) this.#waiting.set(file.name, file);
      else this.#sweep?.unread.delete(file.name);
    }
    return this.#sweep?.unread.size === 0 ? await this.#endSweep(this.#sweep) : [];
  }

  /** After a failure: the next sweep finds again what was not committed. */
  startOver(): void {
    this.#changed.clear();
    this.#waiting.clear();
    this.#sweep = null;
  }

  /**
   * Files that wait and those that have just been written get at least half of a batch each, as far
   * as they have something to read. Each file is read once.
   */
  #batch(): readonly Chunk[] {
    const batch = new Map<string, Chunk>();
    const calls = new Set<string>();
    const half = BATCH_BYTES / 2;
    const bytes = this.#take(this.#waiting, batch, calls, this.#changed.size === 0 ? BATCH_BYTES : half);
    this.#take(this.#changed, batch, calls, BATCH_BYTES - Math.min(bytes, half));
    return [...batch.values()];
  }

  /**
   * Moves files from `queue` to `batch` until they hold `most` bytes; returns how many they hold.
   * Agents repeat commands under one number, so a batch has at most one start of each: `calls`.
   */
  #take(queue: Map<string, SpoolFile>, batch: Map<string, Chunk>, calls: Set<string>, most: number): number {
    let bytes = 0;
    for (const [name, file] of queue) {
      if (bytes >= most) break;
      const chunk = batch.has(name) ? null : this.#read(file);
      const keys = (chunk?.begun ?? []).flatMap(({ agent, key }) => (agent ? `${key.session} ${key.command}` : []));
      if (keys.some((key) => calls.has(key))) break;
      for (const key of keys) calls.add(key);
      queue.delete(name);
      bytes += chunk?.bytes ?? 0;
      if (chunk && chunk.bytes > 0) batch.set(name, chunk);
      else if (!batch.has(name)) this.#sweep?.unread.delete(name);
    }
    return bytes;
  }

  async #endSweep({ names, files, sessions }: Sweep): Promise<readonly string[]> {
    this.#sweep = null;
    this.#handling.caughtUp();
    const done = files.filter((file) => this.#finish(file));
    const ended = [...sessions, ...this.#goneAgents()];
    if (ended.length > 0) {
      const events = this.ports.store.commit({ ...NOTHING, ended, nowMs: this.ports.now() });
      if (events.length > 0) await this.ports.bus.publish('events.recorded', { events });
    }
    // The removal is durable before the offset is deleted, or a power cut would make it read twice.
    this.ports.spool.remove(done.map((file) => file.name));
    if (done.length > 0) this.ports.store.forget(done.map((file) => file.name));
    for (const { name } of done) this.#offsets.delete(name);
    this.#removeScratch(names);
    return names;
  }

  /**
   * Sessions whose agent has ended: their commands stay without an end. An agent in a container has
   * no process that could be found here, so its sessions end after a day.
   */
  #goneAgents(): readonly string[] {
    return this.ports.store.agentSessions().flatMap(({ name, lastMs }) => {
      const session = parseAgentSession(name);
      const isThere =
        session && session.pid > 0
          ? this.ports.isProcess(session.pid, session.ticks)
          : lastMs > this.ports.now() - DAY_MS;
      return isThere ? [] : [name];
    });
  }

  /**
   * A running shell still uses its scratch files: dash reads its input from one, even after `exec`.
   */
  #removeScratch(names: readonly string[]): void {
    for (const name of names) {
      const session = parseScratchName(name);
      if (!session || this.#refused.has(name) || this.ports.isAlive(session.pid, session.start)) continue;
      if (!this.ports.spool.removeOwn(name)) this.#refused.add(name);
    }
  }

  /**
   * Files that have a successor, and all files of ended sessions: the process is gone, or it became
   * another shell by `exec`, which keeps the process id and starts a later session. Determined
   * before the files are read to their end.
   */
  #closed(files: readonly SpoolFile[]): Pick<Sweep, 'files' | 'sessions'> {
    const newest = new Map<string, SpoolFile>();
    for (const file of files) {
      if (file.seq >= (newest.get(sessionOf(file))?.seq ?? 0)) newest.set(sessionOf(file), file);
    }
    const lastStart = new Map<number, number>();
    for (const { pid, start } of files) lastStart.set(pid, Math.max(start, lastStart.get(pid) ?? 0));
    const isDead = ({ pid, start }: SpoolFile): boolean =>
      pid === IMPORT_PID || start < (lastStart.get(pid) ?? 0) || !this.ports.isAlive(pid, start);
    const dead = new Set([...newest].filter(([, file]) => isDead(file)).map(([session]) => session));
    const isClosed = (file: SpoolFile): boolean => dead.has(sessionOf(file)) || newest.get(sessionOf(file)) !== file;
    return { files: files.filter(isClosed), sessions: [...dead] };
  }

  /**
   * Whether all of a closed file is committed. An incomplete record at its end is counted as
   * dropped.
   */
  #finish(file: SpoolFile): boolean {
    const rest = this.#read(file);
    if (!rest || rest.bytes > 0) return false;
    if (rest.left === 0) return true;
    this.ports.store.commit({
      ...NOTHING,
      offsets: [{ file: file.name, offset: rest.offset + rest.left }],
      dropped: [{ shell: file.shell, count: 1 }],
      nowMs: this.ports.now(),
    });
    return true;
  }

  #offset(name: string): number {
    return this.#offsets.get(name) ?? this.ports.store.offsetOf(name);
  }

  #read(file: SpoolFile): Chunk | null {
    const from = this.#offset(file.name);
    const found = this.#decode(file.name, from, BATCH_BYTES);
    if (!found) return null;
    const { consumed, foreign, lost, size } = found;
    const records = found.records.map((record) => timed(record, found.writtenMs));
    const offset = from + consumed;
    return {
      file,
      dropped: foreign + lost,
      bytes: consumed,
      offset,
      left: size - offset,
      ...observe(file, records, this.rules(), this.ports.now()),
    };
  }

  #decode(name: string, from: number, most: number): (DecodedSpool & Pick<SpoolBytes, 'size' | 'writtenMs'>) | null {
    const found = this.ports.spool.read(name, from, most);
    if (found === 'refused') this.#refused.add(name);
    if (typeof found === 'string') return null;
    const decoded = decodeSpool(found.bytes);
    const isCut = decoded.consumed === 0 && found.bytes.length === most && most < LARGEST_READ;
    return isCut
      ? this.#decode(name, from, LARGEST_READ)
      : { ...decoded, size: found.size, writtenMs: found.writtenMs };
  }

  async #withProjects(begun: readonly RawCommand[]): Promise<readonly RawCommand[]> {
    const names = await this.ports.projects.namesOf(begun.flatMap(({ cwd }) => cwd ?? []));
    return begun.map((raw) => {
      const project = raw.cwd === null ? null : names.get(raw.cwd);
      return project ? { ...raw, project } : raw;
    });
  }

  async #commit(chunks: readonly Chunk[]): Promise<void> {
    const events = this.ports.store.commit({
      started: await this.#handling.rate(
        await this.#withProjects(chunks.flatMap((chunk) => chunk.begun)),
        this.rules().redact,
      ),
      finished: chunks.flatMap((chunk) => chunk.finished),
      ended: [],
      offsets: chunks.map(({ file, offset }) => ({ file: file.name, offset })),
      dropped: chunks
        .filter((chunk) => chunk.dropped > 0)
        .map(({ file, dropped }) => ({ shell: file.shell, count: dropped })),
      nowMs: this.ports.now(),
    });
    for (const { file, offset } of chunks) this.#offsets.set(file.name, offset);
    if (events.length > 0) await this.ports.bus.publish('events.recorded', { events });
  }
}

const NOTHING = { started: [], finished: [], ended: [], offsets: [], dropped: [] } as const;

function toSpoolFile(name: string): SpoolFile[] {
  const parsed = parseSpoolName(name);
  return parsed ? [{ ...parsed, name }] : [];
}
