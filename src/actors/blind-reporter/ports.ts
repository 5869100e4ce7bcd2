import type { BusClient } from '../../bus/bus.ts';
import type { Log } from '../../domain/log.ts';
import type { ReportStore } from '../../storage/blind/report-store.ts';
import type { BlindEngine } from './engine.ts';

export interface BlindReporterPorts {
  readonly bus: BusClient;
  readonly store: ReportStore;
  /** Loads the code of blind totals. */
  readonly engine: () => Promise<BlindEngine>;
  /** Whether the policy lets this node connect. */
  readonly mayConnect: (id: string) => Promise<boolean>;
  /** Whether two ids are keys of one node. */
  readonly isSame: (id: string, other: string) => Promise<boolean>;
  /** This node's own id. */
  readonly self: () => string;
  /** Sends `blind.due` at the time that was set last, or earlier. */
  readonly alarm: () => { readonly set: (atMs: number | null) => void; readonly stop: () => void };
  readonly log: Pick<Log, 'error'>;
  readonly now: () => number;
}
