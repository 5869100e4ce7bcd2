import { CaroError } from '../domain/errors.ts';
import { writePrivately } from '../platform/files/private-file.ts';
import type { Places } from './places.ts';

/** All keys but the name are comments with their defaults (docs/design.md §4). */
const TEXT = `# Caro mesh: settings of this node. Lines that begin with # show the defaults.
# Check it with: caro config check    Apply it to a running service with: caro reload

[node]
name = NAME
# role = "individual"            # individual | admin | security: which dashboards are offered

[observe]
# shells = ["bash", "zsh", "fish", "sh"]
# redact = true                  # secrets are masked before they are stored
# ignore = []                    # patterns of commands that are never recorded: ["pass *"];
#                                # commands that begin with a space never are
# [[observe.private]]            # nothing typed below this directory is recorded
# path = "~/private"

[agents]
# observe = true                 # off: what coding agents report is deleted unread

[dashboard]
# host = "127.0.0.1"             # loopback only
# port = 9237                    # 0: any free port

[mesh]
# enabled = false                # off: listens on loopback only and connects to no peer
# listen = "127.0.0.1:9238"      # a private address, or interface:NAME, to accept peers
# mdns = false                   # off: no multicast, no DNS lookups
# allow_dns = false              # on: peers may be given by name
# allow_public = false           # on: peers may have public addresses

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
# level = 0                      # 0: nothing leaves; 1: summaries and aggregates; 2: aggregates
# deny_tools = []                # tools that are never counted in anything that leaves
# live = false                   # on: supervisors get figures of this node also while it takes part in
#                                # blind totals

[blind]                          # blind totals
# report = true                  # off: no report leaves
# floor = 20                     # a task whose totals may stand for fewer nodes is refused
# role = "none"                  # none | leader | trustee

[trustee]
# noise_sd = 0                   # refuses to endorse a task with less noise on its totals

[trustee.units]                  # units with totals of their own, where they reach the floor
# "caro:ed25519:..." = "berlin"

[guard]                          # for coding agents: caro agents install NAME --guard high
# high = "ask"                   # ask | deny, for commands of this risk; ask is deny where an
# critical = "deny"              # agent cannot ask
# on_failure = "open"            # open | closed: a command that cannot be rated runs, or is denied

[rules]
# folder = ""                    # Sigma rules of your organization; "": rules beside this file

[privacy]
# min_contributors = 5           # an aggregate over fewer nodes is withheld here; it does not
#                                # protect this node's own figures from a supervisor

[org]                            # the organization that this node has joined: caro org join
# follow = true                  # off: its roster grants nothing
# requests = true                # as a supervisor: nodes that are not members may ask to be one

[relay]                          # of the organization, if its roster names one
# connect = "auto"               # auto | poll | stay | off: connect now and then, or always;
#                                # auto: supervisors and trustees stay, members poll
# poll_hours = 4                 # poll: mean time between two connections

[analyst]
# daily = []                     # questions that this node asks the mesh once a day, over 24 h:
#                                # ["safety-posture"]

# [[alerts]]                     # alerts on totals of all nodes: caro alerts
#   name = "risk-up"
#   measure = "risky"            # or contributors, levels.high, kinds.git, techniques.T1070
#   change = 25                  # percent against the days before; or above = 12.5, below = 5
#   days = 7

[syslog]
# address = ""                   # internal address and port of a receiver with TLS, for alerts
# ca = ""                        # file with its certificates in PEM; no others are trusted
# name = ""                      # the name in its certificate, if that is not its address

[audit]
# witnesses = []                 # nodes that are asked to cosign the head of the audit log
# witness = false                # on: cosigns the logs of named nodes that ask for it

[backup]
# daily = true                   # daily copy of the database in data/backups, if there is room
# keep = 3                       # number of copies to keep

[retention]
# events_days = 30
# summaries_days = 365
# audit_days = 730
# egress_days = 365
# answers_days = 730
`;

/** A configuration that sets only the name. */
export const defaultConfiguration = (name: string): string => TEXT.replace('NAME', () => JSON.stringify(name));

/**
 * Writes `caro.toml` (0600) for a new node. Never overwrites an existing file.
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
