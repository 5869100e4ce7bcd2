import { BLIND_ROLES, FLOOR } from '../domain/blind/terms.ts';
import { SHELLS } from '../domain/events/shell-kind.ts';
import { GUARD_ACTIONS, GUARD_DEFAULTS, GUARD_FAILURES } from '../domain/guard/guard.ts';
import { QUERY_TYPES, ROLES, SHARING_LEVELS, TRUST_LEVELS } from '../domain/policy/trust.ts';
import { CONNECT_CHOICES } from '../domain/relay/connect-mode.ts';

/**
 * The subset of JSON Schema used for the configuration. `description` completes "expected …" in
 * errors; `default` and `examples` show valid values.
 */
export interface ConfigurationSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | readonly ['string', 'array'];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, ConfigurationSchema>>;
  readonly additionalProperties?: boolean | ConfigurationSchema;
  readonly required?: readonly string[];
  readonly items?: ConfigurationSchema;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** A closed table: an unknown key is an error (docs/design.md §4). */
const closed = (
  properties: Readonly<Record<string, ConfigurationSchema>>,
  required: readonly string[] = [],
): ConfigurationSchema => ({
  type: 'object',
  description: 'a table',
  additionalProperties: false,
  required,
  properties,
});

/** A closed table that may be left out, because every key in it has a default. */
const table = (properties: Readonly<Record<string, ConfigurationSchema>>): ConfigurationSchema => ({
  ...closed(properties),
  default: {},
});

const choice = (values: readonly (string | number)[], fallback?: string | number): ConfigurationSchema => ({
  enum: values,
  description: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  ...(fallback === undefined ? { examples: [values[0]] } : { default: fallback }),
});

const flag = (fallback: boolean): ConfigurationSchema => ({
  type: 'boolean',
  description: 'true or false',
  default: fallback,
});

const integer = (minimum: number, maximum: number, fallback: number): ConfigurationSchema => ({
  type: 'integer',
  minimum,
  maximum,
  description: `a whole number from ${minimum} to ${maximum}`,
  default: fallback,
});

const number = (minimum: number, maximum: number, example: number): ConfigurationSchema => ({
  type: 'number',
  minimum,
  maximum,
  description: `a number from ${minimum} to ${maximum}`,
  examples: [example],
});

const text = (description: string, pattern: string, example: string): ConfigurationSchema => ({
  type: 'string',
  pattern,
  description,
  examples: [example],
});

const list = (
  items: ConfigurationSchema,
  description: string,
  fallback: readonly unknown[] = [],
): ConfigurationSchema => ({
  type: 'array',
  items,
  uniqueItems: true,
  maxItems: 10_000,
  description,
  default: fallback,
});

const map = (values: ConfigurationSchema, description: string): ConfigurationSchema => ({
  type: 'object',
  additionalProperties: values,
  description,
  default: {},
});

const ID_EXAMPLE = 'caro:ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const name = text('a name of 1 to 32 characters from a-z, 0-9 and -', '^[a-z0-9-]{1,32}$', 'dev-laptop');
const nodeId = text('a node id as printed by caro identity show', '^caro:ed25519:', ID_EXAMPLE);
const address = text('an IP address', '^[0-9A-Fa-f:.]+$', '10.0.1.7');
const endpoint = text('an address and a port', ':\\d{1,5}$', '10.0.1.5:9238');
const subnet = text('a subnet', '/\\d{1,3}$', '10.0.1.0/24');
const DAYS = 36_500;

/** One address or several. */
const endpoints: ConfigurationSchema = {
  ...endpoint,
  type: ['string', 'array'],
  items: endpoint,
  maxItems: 8,
  uniqueItems: true,
  description: 'an address and a port, or a list of them',
};
const peers = list(closed({ name, id: nodeId, address: endpoints }, ['id']), 'a list of peers');
const trustNodes = map(choice(TRUST_LEVELS), 'a table from node id to level');
const trustSubnets = map(choice(TRUST_LEVELS), 'a table from subnet to level');
const deny = table({ nodes: list(nodeId, 'a list of node ids'), subnets: list(subnet, 'a list of subnets') });

/**
 * `caro.toml` (docs/design.md §4). `node.name` has no default here; it is derived from the host
 * name.
 */
export const CONFIGURATION_SCHEMA = closed({
  node: table({ name, role: choice(ROLES, 'individual') }),
  observe: table({
    shells: list(choice(SHELLS), 'a list of shells', SHELLS),
    redact: flag(true),
    ignore: list(text('a pattern of commands', '^[^\\0]{1,1000}$', 'pass *'), 'a list of patterns'),
    private: list(
      closed(
        { path: text('an absolute path or one that begins with ~/', '^(/|~(/|$))[^\\0\\n]{0,1000}$', '~/private') },
        ['path'],
      ),
      'a list of paths',
    ),
  }),
  agents: table({ observe: flag(true) }),
  dashboard: table({
    host: { ...text('a loopback address', '^[0-9A-Za-z:.]+$', '127.0.0.1'), default: '127.0.0.1' },
    port: integer(0, 65_535, 9237),
  }),
  mesh: table({
    enabled: flag(false),
    listen: {
      ...text(
        'a private or loopback address and a port, or interface:NAME',
        '^interface:|:\\d{1,5}$',
        '127.0.0.1:9238',
      ),
      default: '127.0.0.1:9238',
    },
    mdns: flag(false),
    allow_dns: flag(false),
    allow_public: flag(false),
    peers,
  }),
  trust: table({
    default: choice(TRUST_LEVELS, 'untrusted'),
    nodes: trustNodes,
    subnets: trustSubnets,
    deny,
    tests: list(
      closed(
        {
          who: nodeId,
          from: address,
          query: choice(QUERY_TYPES),
          expect: { ...choice(['allow L1', 'allow L2', 'deny']), examples: ['allow L2'] },
        },
        ['who', 'query', 'expect'],
      ),
      'a list of tests',
    ),
  }),
  sharing: table({
    level: choice(SHARING_LEVELS, 0),
    deny_tools: list(text('the name of a tool', '^[A-Za-z0-9._+-]{1,64}$', 'kubectl'), 'a list of tools'),
    live: flag(false),
  }),
  blind: table({
    report: flag(true),
    floor: integer(FLOOR.least, FLOOR.most, FLOOR.usual),
    role: choice(BLIND_ROLES, 'none'),
  }),
  trustee: table({
    noise_sd: integer(0, 1_000, 0),
    units: map(
      text('a name of 1 to 64 characters from a-z, 0-9, /, ., _ and -', '^[a-z0-9][a-z0-9/._-]{0,63}$', 'berlin'),
      'a table from node id to unit',
    ),
  }),
  guard: table({
    high: choice(GUARD_ACTIONS, GUARD_DEFAULTS.high),
    critical: choice(GUARD_ACTIONS, GUARD_DEFAULTS.critical),
    on_failure: choice(GUARD_FAILURES, GUARD_DEFAULTS.on_failure),
  }),
  rules: table({
    folder: { ...text('an absolute path', '^(?:/[^\\0-\\x1f]{1,1000})?$', '/etc/caro/rules'), default: '' },
  }),
  backup: table({ daily: flag(true), keep: integer(1, 365, 3) }),
  relay: table({ connect: choice(CONNECT_CHOICES, 'auto'), poll_hours: integer(1, 24, 4) }),
  audit: table({ witnesses: list(nodeId, 'a list of node ids'), witness: flag(false) }),
  privacy: table({ min_contributors: integer(2, 1_000, 5) }),
  org: table({ follow: flag(true), requests: flag(true) }),
  analyst: table({ daily: list(choice(QUERY_TYPES), 'a list of query types') }),
  alerts: list(
    closed(
      {
        name,
        measure: text('a measure of the totals', '^[a-zA-Z0-9.-]{1,64}$', 'risky'),
        above: number(0, 1_000_000, 12.5),
        below: number(0, 1_000_000, 5),
        change: number(-100, 10_000, 25),
        days: integer(1, 364, 7),
      },
      ['name', 'measure'],
    ),
    'a list of alerts',
  ),
  syslog: table({
    address: { ...text('an internal address and a port', '^(.*:\\d{1,5})?$', '10.0.1.20:6514'), default: '' },
    ca: { ...text('an absolute path', '^(?:/[^\\0-\\x1f]{1,1000})?$', '/etc/caro/syslog-ca.pem'), default: '' },
    name: { ...text('a host name', '^[A-Za-z0-9.-]{0,253}$', 'logs.internal'), default: '' },
  }),
  retention: table({
    events_days: integer(1, DAYS, 30),
    summaries_days: integer(1, DAYS, 365),
    audit_days: integer(1, DAYS, 730),
    egress_days: integer(1, DAYS, 365),
    answers_days: integer(1, DAYS, 730),
  }),
});

/** `managed.toml`: only the keys that commands write (docs/design.md §4). */
export const MANAGED_SCHEMA = closed({
  mesh: table({ peers }),
  trust: table({ nodes: trustNodes, subnets: trustSubnets, deny }),
  sharing: table({ level: choice(SHARING_LEVELS) }),
  blind: table({
    report: { type: 'boolean', description: 'true or false', examples: [false] },
    task: text('the id of a blind task', '^[A-Za-z0-9+/]{43}=$', `${'A'.repeat(43)}=`),
  }),
});
