import type { Actor } from '../../bus/actor.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { type CosignerPorts, createCosigner } from './cosigner.ts';
import { createSubmitter, type SubmitterPorts } from './submitter.ts';

export interface WitnessPorts extends CosignerPorts, SubmitterPorts {
  /** The same id for every key of a node, as far as trust has moved between them. */
  readonly accounts: () => Promise<(id: string) => string>;
}

type Kinds =
  | 'checkpoint.received'
  | 'witness.status'
  | 'witness.ask'
  | 'witness.forget'
  | 'mesh.changed'
  | 'clock.quarter'
  | 'config.commit';

/**
 * Has the head of this node's log cosigned by the nodes in `audit.witnesses`, and cosigns the logs
 * of others where the owner is willing (`audit.witness`). Does nothing as long as neither is set.
 */
export function createLogWitness(ports: WitnessPorts, initial: Configuration): Actor<Kinds> {
  let configuration = initial;
  const cosigner = createCosigner(ports);
  const submitter = createSubmitter(ports);
  const askAll = (): Promise<void> => submitter.ask(configuration.audit.witnesses, true);
  /** Nobody waits for it, and what fails now is tried again in a quarter of an hour. */
  const askLater = (ids: readonly string[]): void =>
    void submitter.ask(ids, false).catch((error: unknown) => ports.onFailure(error));
  const status = () => ({
    ...submitter.status(configuration.audit.witnesses),
    willing: configuration.audit.witness,
    logs: cosigner.list(),
  });
  return {
    name: 'log witness',
    // They wait for witnesses.
    concurrent: ['witness.ask'],
    handlers: {
      'checkpoint.received': async ({ peer, checkpoint }) => {
        const account = await ports.accounts();
        return cosigner.take(configuration, { peer, node: account(peer), checkpoint });
      },
      'witness.status': status,
      'witness.ask': async () => {
        await askAll();
        return status();
      },
      'witness.forget': async ({ id }) => {
        const account = await ports.accounts();
        if (!cosigner.forget(account(id)))
          throw new CaroError('not_found', 'expected a node whose log this one has cosigned; see: caro audit witness');
        await ports.audit({ type: 'log.forgotten', peer: account(id) });
        return null;
      },
      'mesh.changed': async (change) => {
        if (change.change !== 'connected' || configuration.audit.witnesses.length === 0) return;
        const account = await ports.accounts();
        askLater(configuration.audit.witnesses.filter((id) => account(id) === account(change.id)));
      },
      'clock.quarter': () => askLater(configuration.audit.witnesses),
      'config.commit': (next) => {
        configuration = next;
        askLater(next.audit.witnesses);
        return null;
      },
    },
  };
}
