import type { KeyStatusPort } from '../actors/policy-engine.ts';
import type { ServiceContext } from './service-context.ts';

/** What the policy engine may know and say of the keys of peers. */
export function standingPort({ bus, peerKeys }: ServiceContext): KeyStatusPort {
  return {
    complete: async (question) => (await peerKeys.known())?.asker(question) ?? question,
    changes: async () => (await peerKeys.known())?.changes() ?? [],
    confirm: async (id) => {
      (await peerKeys.open()).confirm(id);
      await bus.publish('keys.changed', {});
    },
  };
}
