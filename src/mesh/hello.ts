import type { Endpoint } from '../domain/ip-address.ts';
import type { MeshOptions } from './mesh-options.ts';
import type { MessageBodies } from './protocol/messages.ts';
import { announcedFrom } from './transport/address-rule.ts';
import type { Connection } from './transport/connection.ts';

/** Body of this node's hello on a connection. */
export function helloOf(
  { ports, version }: Pick<MeshOptions, 'ports' | 'version'>,
  { purpose, localAddress }: Pick<Connection, 'purpose' | 'localAddress'>,
  endpoints: readonly Endpoint[],
): MessageBodies['hello'] {
  const revocations = ports.revocations();
  const listen = purpose === 'mesh' ? announcedFrom(endpoints, localAddress) : [];
  return {
    rotations: ports.rotations(),
    version,
    ...(revocations.length === 0 ? {} : { revocations }),
    ...(listen.length === 0 ? {} : { listen }),
  };
}
