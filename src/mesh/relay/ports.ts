import type { QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import type { BlindReply, BlindRequest } from '../../domain/blind/exchange.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { PeerAt } from '../../domain/identity/peer-at.ts';
import type { RelayReply, RelayRequest } from '../../domain/relay/relay-exchange.ts';
import type { EgressPorts } from '../egress/egress-checks.ts';
import type { Answers, Arrived } from './open-answers.ts';

/** What the relay's side of this node needs from the rest of it. */
export interface RelayPorts extends EgressPorts {
  /** Whether the policy allows messages with this node. It is asked with no address. */
  readonly mayConnect: (id: string) => boolean;
  /** As `MeshPorts.onBlind`. */
  readonly onBlind: (asker: PeerAt, request: BlindRequest) => Promise<BlindReply>;
  /** A question about the roster; what may be told is decided by the node that is asked. */
  readonly onOrg: (
    asker: PeerAt,
    request: Extract<RelayRequest, { readonly type: 'org-ask' }>,
  ) => Promise<Extract<RelayReply, { readonly type: 'org-news' }>>;
  /** As `MeshPorts.onQuery`. */
  readonly onQuery: (asker: PeerAt, body: QueryBody, layout: number) => Promise<ResponseBody>;
  /** The relay can be used now: what waits may be sent. */
  readonly onOpen: () => void;
  /** A message was refused; `peer` is absent where its sender is not proven. */
  readonly onRefuse: (code: ErrorCode, peer?: string) => void;
  /** Opens and checks answers in a thread. */
  readonly openMany: (arrived: readonly Arrived[]) => Promise<Answers>;
}
