import { hostname } from 'node:os';
import type { RosterActorPorts } from '../actors/roster.ts';
import type { LoadedConfiguration } from '../config/loader.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { OrgReply } from '../domain/organisation/exchange.ts';
import { createAlarm } from '../platform/alarm.ts';
import { withRoster } from '../policy/roster.ts';
import { withConfigurationFiles } from './configuration-files.ts';
import type { ServiceContext } from './service-context.ts';

/** A supervisor answers from its database. */
const ASK_MS = 20_000;
const ENROL_MS = 60_000;
/** An aggregator prepares the reports that it has taken from a folder. */
const CARRY_MS = 600_000;

/** The configuration with what the roster of the organization adds to it. */
export const followingRoster = (
  { roster, identity }: Pick<ServiceContext, 'roster' | 'identity'>,
  { configuration, isMeshRefused }: LoadedConfiguration,
): Configuration =>
  withRoster(configuration, roster.view(), {
    self: identity.id,
    isMeshRefused,
    now: Date.now,
    stored: roster,
  });

export function rosterPorts(context: ServiceContext): RosterActorPorts {
  const { bus, configuration, log, places, roster } = context;
  return {
    isJoined: () => roster.kept() !== null,
    forget: roster.forget,
    open: async () => {
      const [{ createRosterNode }, { openCardKeys }] = await Promise.all([
        import('../organisation/roster-node.ts'),
        import('../keys/card-keys.ts'),
      ]);
      return createRosterNode({
        store: roster,
        signer: () => context.identity,
        card: () => openCardKeys(places.cardKeys).card(),
        now: Date.now,
      });
    },
    takesRequests: () => configuration().org.requests,
    sharingLevel: () => configuration().sharing.level,
    isMeshRefused: () =>
      withConfigurationFiles(({ loadConfiguration }) => loadConfiguration(places, hostname()).isMeshRefused),
    isFollowing: () => configuration().org.follow,
    ask: async (peer, request) =>
      (await bus.request('peer.exchange', { peer, request, deadlineMs: ASK_MS }, ASK_MS + 1_000)) as Extract<
        OrgReply,
        { readonly type: 'org-news' }
      >,
    enrol: async (peer, addresses, request) =>
      (await bus.request('peer.enrol', { peer, addresses, request }, ENROL_MS)).result,
    reload: async () => {
      await bus.request('config.reload', {}, 2 * ENROL_MS);
    },
    audit: (entry) => bus.request('audit.append', entry),
    carry: {
      begin: (boxes) => bus.request('peer.carry', { boxes }, CARRY_MS),
      work: async () => {
        await bus.request('blind.report', {}, CARRY_MS);
        await bus.request('blind.work', {}, CARRY_MS);
      },
      end: () => bus.request('peer.carried', {}, CARRY_MS),
    },
    alarm: () => createAlarm(() => void bus.publish('org.due', {}).catch(() => undefined)),
    random: Math.random,
    log,
    now: Date.now,
  };
}
