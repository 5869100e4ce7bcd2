import { CaroError } from '../domain/errors.ts';
import { writePrivately } from '../platform/private-file.ts';
import type { Places } from './places.ts';

/**
 * A configuration in which only the name is set: all else stands as a comment with its default
 * (docs/design.md §4).
 */
export const defaultConfiguration = (
  name: string,
): string => `# Caro mesh: settings of this node. Lines that begin with # show the defaults.
# Check it with: caro config check    Apply it to a running service with: caro reload

[node]
name = ${JSON.stringify(name)}
# role = "individual"            # individual | admin | security: which dashboards are offered

[observe]
# shells = ["bash", "zsh", "fish", "sh"]
# redact = true                  # secrets are masked before they are stored
# ignore = []                    # commands that are not recorded at all, * for any text: ["pass *"]; a leading space is always private

[dashboard]
# host = "127.0.0.1"             # loopback only
# port = 9237                    # 0: any free port

[mesh]
# enabled = false                # off: no socket is opened beyond loopback, none is dialled
# listen = "127.0.0.1:9238"      # a private address to accept peers; a public one is refused
# mdns = false                   # off: no multicast, no DNS lookups
# allow_dns = false              # peers are IP addresses unless this is set
# allow_public = false

# [[mesh.peers]]
# name = "ciso"
# id = "caro:ed25519:BASE64"
# address = "10.0.1.5:9238"

[trust]
# default = "untrusted"          # untrusted | share_to | query_from | peer | supervisor

[trust.nodes]
# "caro:ed25519:BASE64" = "supervisor"

[trust.subnets]
# "10.0.1.0/24" = "peer"

[trust.deny]                     # a deny wins over everything else
# nodes = []
# subnets = []

# [[trust.tests]]                # must hold, or the configuration is refused
# who = "caro:ed25519:BASE64"
# from = "10.0.1.7"
# query = "safety-posture"
# expect = "allow L2"            # allow L1 | allow L2 | deny

[sharing]
# level = 0                      # the most detailed level that may leave: 0 nothing, 1 summaries and aggregates, 2 aggregates only
# deny_tools = []

[privacy]
# min_contributors = 5           # an aggregate over fewer nodes is withheld

[backup]
# daily = true                   # a copy of the database every day into data/backups, if there is room
# keep = 3                       # so many of the newest are kept

[retention]
# events_days = 30
# summaries_days = 365
# audit_days = 730
# egress_days = 365
`;

/**
 * Writes `caro.toml` (0600) for a new node. The owner's file is never written again, so an existing
 * one is left as it is.
 * @returns whether it was written
 * @throws CaroError `place_unusable`
 */
export function writeDefaultConfiguration(places: Pick<Places, 'config'>, options: { readonly name: string }): boolean {
  try {
    writePrivately(places.config, defaultConfiguration(options.name));
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'EEXIST') return false;
    throw new CaroError('place_unusable', `${places.config}: expected to write this file, got ${code}`, {
      cause: error,
    });
  }
}
