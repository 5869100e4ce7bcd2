import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';

/** Stands between this node and its peers. This version has no peers: a configuration that asks for them is refused, not ignored. */
export function createMeshGateway(initial: Configuration): Actor<'mesh.status' | 'config.verify'> {
  refuseMesh(initial);
  return {
    name: 'mesh gateway',
    handlers: {
      'mesh.status': () => ({ enabled: false, listen: null, peers: [] }),
      'config.verify': (configuration) => {
        refuseMesh(configuration);
        return null;
      },
    },
  };
}

function refuseMesh({ mesh }: Configuration): void {
  if (mesh.enabled) {
    throw new CaroError(
      'config_invalid',
      'mesh.enabled: expected false, got true: this version observes one node only; remove the line or set it to false',
    );
  }
}
