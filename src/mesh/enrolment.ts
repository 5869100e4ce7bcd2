import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import type { JoinResult } from '../domain/organisation/exchange.ts';
import type { Connection } from './transport/connection.ts';

/**
 * Hands a request to join to a node, at the first of its addresses where it answers. The connection
 * is one for pairing, on which nothing else can be said.
 */
export async function enrol(
  addresses: readonly string[],
  request: Envelope,
  dialled: (address: string) => Promise<Connection>,
  deadlineMs: number,
): Promise<JoinResult> {
  let failure = new CaroError('peer_unreachable', 'expected an address of the node, there is none');
  for (const address of addresses) {
    try {
      const connection = await dialled(address);
      const { body } = await connection.exchange({ type: 'org-join', body: { request } }, deadlineMs);
      connection.leave('paired');
      return body.result;
    } catch (error) {
      if (!(error instanceof CaroError)) throw error;
      failure = error;
    }
  }
  throw failure;
}
