import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { Messages } from '../../bus/messages.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Pauses } from '../../storage/spool/pause-files.ts';
import { recordGuardActs } from './guard-notes.ts';
import { recordImports } from './import-notes.ts';
import type { IntakePorts, SpoolIntake } from './spool-intake.ts';

interface ReadingPorts extends Pick<IntakePorts, 'bus' | 'spool' | 'now'> {
  readonly pauses: Pick<Pauses, 'expire'>;
}

/**
 * Reads the spool, one batch for each message. The rest of a backlog comes in messages of its own,
 * so that others are handled in between.
 */
export class Reading {
  /** Why nothing can be stored now. The spool keeps it, and the next sweep tries again. */
  fullDisk: string | null = null;
  #isAnnounced = false;

  constructor(
    private readonly ports: ReadingPorts,
    private readonly intake: SpoolIntake,
  ) {}

  async changed(files: Messages['spool.changed']['files']): Promise<void> {
    if (files === 'all') this.intake.beginSweep();
    else this.intake.changed(files);
    if (!this.#isAnnounced) await this.#read();
  }

  /** To be called for each `spool.backlog`. */
  goOn(): Promise<void> {
    this.#isAnnounced = false;
    return this.#read();
  }

  async #read(): Promise<void> {
    try {
      this.ports.pauses.expire(this.ports.now());
      const swept = await this.intake.next();
      await recordImports(this.ports, swept);
      await recordGuardActs(this.ports, swept);
      this.fullDisk = null;
    } catch (error) {
      this.intake.startOver();
      if (!(error instanceof CaroError) || error.code !== 'disk_full') throw error;
      this.fullDisk = error.message;
    }
    if (this.intake.hasMore) this.#announce();
  }

  /** Nobody waits for it: the message that is being handled would wait for itself. */
  #announce(): void {
    this.#isAnnounced = true;
    void yieldToEventLoop()
      .then(() => this.ports.bus.publish('spool.backlog', {}))
      .catch(() => undefined);
  }
}
