import { openReadOnly } from '../database.ts';
import { createMarkReader, type MarkReader } from '../trends/mark-store.ts';
import { createTrendReader, type TrendReader } from '../trends/trend-reader.ts';
import { createFleetReader, type FleetReader } from './fleet-reader.ts';

/** What an analyst reads, over a connection of its own: the service need not answer. */
export interface AnalystReader {
  readonly trends: TrendReader;
  readonly marks: MarkReader;
  readonly fleet: FleetReader;
  readonly close: () => void;
}

export function openAnalystReader(file: string): AnalystReader {
  const database = openReadOnly(file);
  return {
    trends: createTrendReader(database),
    marks: createMarkReader(database),
    fleet: createFleetReader(database),
    close: () => database.close(),
  };
}
