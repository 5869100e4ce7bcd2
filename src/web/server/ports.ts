import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import type { Reader } from '../../storage/reader.ts';
import type { AnalystReader } from '../../storage/readers/analyst-reader.ts';
import type { Proof } from '../ipc-protocol.ts';
import type { OwnHosts } from '../origins.ts';
import type { SessionStore } from '../session-store.ts';
import type { DaemonClient } from './daemon-client.ts';
import type { PageTexts } from './page-texts.ts';

/** What the routes of the dashboard need. */
export interface DashboardPorts {
  readonly port: number;
  readonly hosts: OwnHosts;
  readonly pages: PageTexts;
  readonly now: () => number;
  readonly sessions: SessionStore;
  readonly daemon: DaemonClient;
  /**
   * The database, read only; opened when first needed. @throws CaroError `database_damaged`,
   * `not_found`.
   */
  readonly reader: () => Reader;
  readonly analyst: () => AnalystReader;
}

/**
 * Name of the session cookie. Cookies are shared between the ports of a host, so two nodes need two
 * names.
 */
export const cookieName = (port: number): string => `caro_${port}`;

/** A secret has one spelling only: percent signs are not decoded. */
const asWritten = (value: string): string => value;

/** Both halves of the login that the headers of a request carry; empty where one is missing. */
export function proofIn(headers: IncomingHttpHeaders, port: number): Proof {
  const cookies = parseCookie(headers.cookie ?? '', { decode: asWritten });
  const pageToken = headers['x-caro-token'];
  return { cookie: cookies[cookieName(port)] ?? '', pageToken: typeof pageToken === 'string' ? pageToken : '' };
}
