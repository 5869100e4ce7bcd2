/**
 * Queues, search, backups, monitoring, secret stores and other services; HTTP requests that delete.
 */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, type Step } from '../step.ts';

const method = (step: Step): string => (step.value('-X', '--request', '--method') ?? '').toUpperCase();
const url = (step: Step): string => step.args.find((arg) => /^https?:\/\/|^localhost|^[\w.-]+:\d+\//.test(arg)) ?? '';

/** A DELETE request, or a path that names a destructive operation. */
const http = (step: Step): Verdict => {
  const verb = step.tool === 'http' ? (step.operands[0] ?? '').toUpperCase() : method(step);
  const address = url(step);
  const local = /^(?:https?:\/\/)?(?:localhost|127\.|0\.0\.0\.0|\[::1\])/.test(address);
  if (verb === 'DELETE')
    return /\/(?:_all|\*|_snapshot|indexes|indices)\b|\/\*$/.test(address) ||
      !local ||
      !/\/(?:\d+|(?:tests?|tmp|dev)(?:[-_][\w-]+)?)$/i.test(address)
      ? 'high'
      : 'moderate';
  if (
    verb !== 'POST' &&
    verb !== 'PUT' &&
    verb !== 'PATCH' &&
    !step.flag('-d', '--data', '--data-raw', '--data-binary', '--json')
  )
    return false;
  if (
    /_delete_by_query|\/_close\b|\/purge(?:_all)?\b|\/delete(?:$|[/?])|delete_series|clean_tombstones|\/refunds\b|\/cancel(?:$|[/?])|\/archive\b|\/stop(?:$|[/?])|\/shutdown|\/_shutdown|\/flush_?all|\/clear(?:$|[/?])|\/kill\b|\/(?:doDelete|quietDown|safeRestart|exit|safeExit)\b|purge_cache|\/truncate|\/revoke/i.test(
      address,
    )
  )
    return 'high';
  return /"(?:purge_everything|deleteAll|delete_all|drop)"\s*:\s*true/i.test(step.args.join(' ')) ? 'high' : false;
};

const BACKUPS: Readonly<Record<string, (s: Step) => Verdict>> = {
  borg: (s) => s.sub('delete|prune|recreate') || (s.sub('compact|break-lock') ? 'high' : false),
  restic: (s) => {
    if (s.sub('unlock')) return s.flag('--remove-all') ? 'high' : 'moderate';
    return s.sub('forget|prune') || s.sub('key', 'remove') || (s.sub('rewrite') && s.flag('--forget'));
  },
  borgmatic: (s) => s.sub('prune|compact') || s.operands.some((word) => /^(?:delete|prune|repo-delete)$/.test(word)),
  kopia: (s) => s.operands.slice(0, 3).some((word) => /^(?:delete|forget|drop|disconnect)$/.test(word)) && 'high',
  duplicity: (s) =>
    s.operands.some((word) =>
      /^(?:remove-older-than|remove-all-but-n-full|remove-all-inc-of-but-n-full|cleanup)$/.test(word),
    ) && s.flag('--force'),
  timeshift: (s) => s.some(/^--delete(?:-all)?$|^--restore$/),
  snapper: (s) => s.operands.includes('delete'),
  tarsnap: (s) => s.flag('-d', '--nuke'),
  pgbackrest: (s) => s.operands.some((word) => /^(?:expire|stanza-delete|restore)$/.test(word)),
  'wal-g': (s) => s.sub('delete'),
  'rdiff-backup': (s) => s.some(/^--remove-older-than/) || s.sub('remove'),
  rsnapshot: () => false,
  tmutil: (s) =>
    s.sub('delete|deletelocalsnapshots|thinlocalsnapshots|disable|disablelocal|removedestination|stopbackup') ||
    (s.sub('addexclusion') ? 'moderate' : false),
  vssadmin: (s) => s.sub('delete|resize'),
  wbadmin: (s) => s.sub('delete'),
};

const QUEUES: Readonly<Record<string, (s: Step) => Verdict>> = {
  'kafka-topics': (s) => s.flag('--delete') || (s.flag('--alter') ? 'moderate' : false),
  'kafka-consumer-groups': (s) =>
    s.flag('--delete', '--delete-offsets') ? 'high' : s.flag('--reset-offsets') && s.flag('--execute'),
  'kafka-configs': (s) =>
    s.flag('--alter') &&
    (s.some(/--delete-config/) || /retention|cleanup/.test(s.args.join(' ')) ? 'high' : 'moderate'),
  'kafka-acls': (s) => s.flag('--remove'),
  'kafka-delete-records': () => true,
  kcat: () => false,
  'kafka-streams-application-reset': () => true,
  rpk: (s) =>
    s.operands.slice(0, 4).some((word) => /^(?:delete|delete-topic|trim|trim-prefix|decommission|remove)$/.test(word)),
  rabbitmqctl: (s) =>
    s.sub(
      'delete_.*|reset|force_reset|force_boot|stop_app|stop|shutdown|purge_queue|forget_cluster_node|delete_vhost|delete_user|delete_queue|clear_permissions|clear_policy|clear_parameter|remove_classic_queue_mirrors|close_all_connections|delete_shovel|eval|clear_vhost_limits|clear_global_parameter|delete_member|delete_unused_queues',
    ) && (s.sub('stop_app|clear_parameter|eval') ? 'moderate' : 'high'),
  rabbitmqadmin: (s) => s.sub('delete|purge') || s.operands.some((word) => /^(?:delete|purge|close)$/.test(word)),
  'rabbitmq-queues': (s) => s.sub('delete_member|shrink'),
  nats: (s) =>
    s.operands.slice(0, 3).some((word) => /^(?:rm|delete|del|purge|rmm|seal|prune|step-down|peer-remove)$/.test(word)),
  'pulsar-admin': (s) =>
    s.operands.slice(0, 3).some((word) => /^(?:delete|delete-.*|unload|terminate|clear-backlog|skip-all)$/.test(word)),
  zkcli: (s) => /\b(?:deleteall|rmr|delete)\b/.test(s.args.join(' ')),
  celery: (s) =>
    s.operands.includes('purge') ||
    (s.operands.includes('control') && s.operands.some((word) => /^(?:shutdown|revoke|terminate)$/.test(word))),
};

const REMOVE =
  /^(?:delete|destroy|purge|remove|rm|wipe|erase|drop|terminate|expire|revoke|archive|clean|uninstall|deactivate|disable|reset|seal|del|trash|rmdir|unset|cancel|refund|clear|detach|unregister|move-to-trash)(?:[-:].*)?$/;
/** Service clients whose verb is among their first words. */
const CLIENTS =
  'vault op doppler infisical chamber gopass bw pass ldcli flipt unleash stripe square braintree pd newrelic datadog-ci sentry-cli promtool amtool logcli grafana splunk algolia meilisearch solr opensearch-cli elasticsearch-plugin circleci travis jenkins-cli gitlab-runner buildkite-agent drone tkn mailgun sendgrid postmark nsupdate cfcli route53 dnscontrol step ipset conjur akeyless lk twilio ceph rbd rados gluster hdfs hadoop launchctl-ld split traefik ory auth0 okta snowsql databricks dvc wandb mlflow huggingface-cli confluent ccloud cloudflared teleport tsh tctl tailscale zerotier-cli pm2 supervisorctl swift cscli';
const MODERATE_VERBS = new Set(['disable', 'reset', 'unset', 'cancel', 'archive', 'clean']);
const MODERATE_TOOLS = new Set([
  'pm2',
  'supervisorctl',
  'wandb',
  'mlflow',
  'dvc',
  'huggingface-cli',
  'tailscale',
  'tsh',
  'grafana',
  'elasticsearch-plugin',
]);
const service = (step: Step): Verdict => {
  if (step.flag('--dry-run', '--help')) return false;
  const words = step.path.slice(0, 4);
  if (step.tool === 'vault') {
    if (step.sub('operator', 'seal|step-down|rekey|rotate|raft|generate-root')) return 'high';
    return (
      words.some((word) => /^(?:delete|destroy|disable|revoke|seal|metadata|undelete|move)$/.test(word)) &&
      !step.sub('kv', 'metadata', 'get|put|list') &&
      !words.includes('undelete')
    );
  }
  if (step.tool === 'hdfs' || step.tool === 'hadoop')
    return step.some(/^-rmr$/) || (step.args.includes('-rm') && step.some(/^-(?:[rR]|skipTrash)$/));
  if (step.tool === 'launchctl-ld') return false;
  const hit = words.find(
    (word) => REMOVE.test(word) || /(?:^|[-:])(?:delete|destroy|purge|remove)(?:$|[-:])/.test(word),
  );
  if (hit === undefined) return false;
  return MODERATE_TOOLS.has(step.tool) ||
    (MODERATE_VERBS.has(hit) && /^(?:tailscale|circleci|datadog-ci|sentry-cli|pass|bw)$/.test(step.tool))
    ? 'moderate'
    : 'high';
};

const webServer = (step: Step): Verdict => {
  if (step.tool === 'nginx') return /^(?:stop|quit)$/.test(step.value('-s') ?? '');
  if (step.tool === 'apache2ctl')
    return step.sub('stop|graceful-stop') || /^(?:stop|graceful-stop)$/.test(step.value('-k') ?? '');
  if (step.tool === 'haproxy') return step.flag('-sf', '-st') && 'moderate';
  if (step.tool === 'caddy' || step.tool === 'kong')
    return step.sub('stop|quit') || (step.sub('migrations', 'reset|bootstrap') && step.sub('migrations', 'reset'));
  if (step.tool === 'a2dissite' || step.tool === 'a2dismod') return 'moderate';
  return false;
};

/**
 * Commands to HAProxy's runtime socket: `echo "disable server b/s" | socat stdio
 * /run/haproxy.sock`.
 */
const runtimeSocket = (step: Step): Verdict => {
  const { input } = step.invocation;
  if (!/haproxy|stats/.test(step.args.join(' ')) || input.kind !== 'pipe') return false;
  return /\b(?:disable|shutdown|del|clear|set (?:server|weight|maxconn))\b/.test(input.output ?? '');
};

const dns = (step: Step): Verdict => {
  const text = pipedText(step.invocation);
  return step.tool === 'rndc'
    ? step.sub('halt|stop|delzone|flush') && (step.sub('flush') ? 'moderate' : 'high')
    : /\b(?:update\s+delete|del(?:ete)?)\b/i.test(text) || (step.flag('-l') && /delete/.test(text));
};

/** Jenkins' command line client is a jar. */
const jenkins = (step: Step): Verdict =>
  step.some(/jenkins-cli\.jar$/) &&
  step.some(/^(?:delete-\w+|shutdown|safe-shutdown|quiet-down|disable-\w+|clear-queue|offline-node|groovysh?)$/);

export const SERVICE_RULES: readonly StepRule[] = inFamily('services', [
  {
    id: 'services.http-delete',
    level: 'high',
    tools: 'curl wget http',
    when: http,
    technique: 'T1485',
    reason: 'Asks a service to delete, stop or purge something.',
    safer: 'Request it with GET first, and check the host.',
  },
  {
    id: 'services.backup-delete',
    level: 'high',
    tools: Object.keys(BACKUPS).join(' '),
    when: (s: Step) => (s.flag('-n', '--dry-run') && s.tool !== 'tmutil' ? false : (BACKUPS[s.tool]?.(s) ?? false)),
    technique: 'T1490',
    reason: 'Deletes backups, so that later data loss cannot be undone.',
    safer: 'Run it with --dry-run, and keep one copy elsewhere.',
  },
  {
    id: 'services.queue-delete',
    level: 'high',
    tools: Object.keys(QUEUES).join(' '),
    when: (s: Step) => QUEUES[s.tool]?.(s) ?? false,
    technique: 'T1485',
    reason: 'Deletes queues, topics or the messages in them.',
    safer: 'Check the queue length and the consumers first.',
  },
  {
    id: 'services.client-delete',
    level: 'high',
    tools: CLIENTS,
    when: service,
    technique: 'T1485',
    reason: 'Deletes or revokes something that others use in a service.',
    safer: 'List it first, and check who uses it.',
  },
  {
    id: 'services.jenkins',
    level: 'high',
    tools: 'java',
    when: jenkins,
    technique: 'T1485',
    reason: 'Stops the build server or deletes its jobs.',
    safer: 'Disable the job in its settings.',
  },
  {
    id: 'services.web-server-stop',
    level: 'high',
    tools: 'nginx apache2ctl haproxy caddy kong a2dissite a2dismod',
    when: webServer,
    technique: 'T1489',
    reason: 'Stops a server that handles other people’s requests.',
    safer: 'Check the configuration and reload it.',
  },
  {
    id: 'services.runtime-socket',
    level: 'high',
    tools: 'socat nc',
    when: runtimeSocket,
    technique: 'T1489',
    reason: 'Removes servers from a running load balancer.',
    safer: 'Drain them first.',
  },
  {
    id: 'services.dns-delete',
    level: 'high',
    tools: 'nsupdate rndc knotc pdnsutil',
    when: dns,
    technique: 'T1489',
    reason: 'Removes names from the DNS, or stops the DNS server.',
    safer: 'Save the zone first.',
  },
  {
    id: 'services.directory-delete',
    level: 'high',
    tools: 'ldapdelete ldapmodify kadmin samba-tool ipa',
    when: (s: Step) =>
      s.tool === 'ldapdelete' ||
      (s.tool === 'kadmin' && /delprinc|delete_principal/.test(s.args.join(' '))) ||
      (s.tool !== 'ldapmodify' &&
        s.operands.some((word) => /^(?:delete|user-del|group-del|host-del|remove)$/.test(word))),
    technique: 'T1531',
    reason: 'Removes directory entries that logins depend on.',
    safer: 'Export them with ldapsearch first.',
  },
]);
