/** Hosting platforms and forges. */
import { inFamily, type Severity, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';
import { DESTROY, isDryRun, PATH_VERB } from '../subjects/verbs.ts';

const PLATFORMS =
  'heroku vercel netlify fly railway render wrangler firebase supabase surge cf dokku balena shopify fastly flarectl deck apigeecli kong certbot ngrok turso pscale doctl linode-cli hcloud vultr-cli scw ibmcloud oci aliyun exo openstack nova civo neonctl avn koyeb northflank clever scalingo upsun astro';

/** Subcommand paths whose level differs from that of their verb. `|` separates alternatives. */
const SPECIAL: Readonly<Record<string, readonly (readonly [Severity, ...string[]])[]>> = {
  heroku: [
    ['moderate', 'maintenance:on|pipelines:promote|repo:purge_cache|pg:promote|rollback|releases:rollback'],
    ['high', 'pg:reset|pg:unfollow|pg:killall|repo:reset|pg:copy|pg:push|apps:transfer'],
  ],
  fly: [
    ['high', 'ips', 'release'],
    ['moderate', 'machine|machines', 'stop'],
    ['high', 'machine|machines', 'kill|destroy|remove|rm|leases'],
    ['moderate', 'postgres|pg|mpg|redis|apps|volumes|ips|certs|secrets|extensions|orgs', 'failover|detach|restart'],
  ],
  supabase: [
    ['high', 'db', 'reset'],
    ['high', 'projects|branches|functions|secrets|storage|domains|ssl', 'delete|rm|unset'],
    ['moderate', 'migration', 'repair|squash'],
    ['moderate', 'db', 'push'],
  ],
  railway: [['high', 'down']],
  vercel: [['moderate', 'rollback|promote|redeploy']],
  wrangler: [
    ['moderate', 'rollback'],
    ['moderate', 'deployments|versions', 'rollback'],
  ],
  fastly: [['moderate', 'purge']],
  certbot: [['high', 'delete|revoke|unregister']],
  deck: [
    ['high', 'reset'],
    ['high', 'gateway', 'reset'],
  ],
};
/** Destructive words of these platforms, in addition to the usual verbs. */
const PLATFORM_VERBS: Readonly<Record<string, RegExp>> = {
  firebase: /:(?:delete|disable|destroy|remove|clear)$/,
  cf: /^(?:delete|delete-.*|purge-.*|unbind-.*)$/,
  dokku: /:(?:destroy|delete|remove|purge|unset|clear)$/,
  openstack: /^(?:delete|purge|rebuild|force-delete)$/,
  nova: /^(?:delete|purge|rebuild|force-delete)$/,
};
const NOT_DESTRUCTIVE = /(?:^|:)(?:logout|unlink|disconnect|stop-.*|clear-cache|cache:clear|detach)$/;

/** `ps:scale web=0`, `scale count 0`: nothing is deleted, but nothing runs. */
const scalesToZero = (step: Step): boolean =>
  (step.sub('ps:scale') && step.some(/^\w+=0$/)) ||
  (step.tool === 'fly' && step.sub('scale', 'count') && step.some(/^0$|=0$/));

const isDestructiveVerb = (word: string, index: number): boolean =>
  DESTROY.test(word) ||
  (index === 0 && word.includes(':') && PATH_VERB.test(word)) ||
  (index > 0 && /^(?:delete|destroy|remove|purge)(?:-|[A-Z])|-(?:delete|destroy|remove|purge)$/.test(word));

const platform = (step: Step): Verdict => {
  if (isDryRun(step)) return false;
  if (scalesToZero(step) || (step.tool === 'fastly' && step.sub('purge') && step.flag('--all'))) return 'high';
  if (step.tool === 'supabase' && step.sub('stop')) return step.flag('--no-backup');
  const special = SPECIAL[step.tool]?.find(([, ...path]) => step.sub(...path));
  if (special) return special[0];
  const path = step.path.slice(0, step.tool === 'heroku' ? 2 : 4);
  const own = PLATFORM_VERBS[step.tool];
  if (own) return path.some((word) => own.test(word));
  const verb = path.find(isDestructiveVerb);
  return verb !== undefined && !NOT_DESTRUCTIVE.test(verb);
};

const FORGE: readonly (readonly [Severity, ...string[]])[] = [
  ['moderate', 'repo|label|project', 'rename'],
  ['moderate', 'ci|pipeline|run', 'cancel'],
  ['high', 'workflow', 'disable'],
  ['moderate', 'issue|pr|mr', 'close'],
  ['moderate', 'repo', 'edit'],
  ['moderate', 'auth', 'logout'],
];
const forge = (step: Step): Verdict => {
  const [group = '', verb = ''] = step.operands;
  if (group === 'api') {
    const method = (step.value('-X', '--method') ?? '').toUpperCase();
    return method === 'DELETE' ? 'high' : /^(?:PUT|PATCH|POST)$/.test(method) && 'moderate';
  }
  if (/^(?:delete|remove|rm|archive|delete-asset|unsubscribe|transfer)$/.test(verb)) return 'high';
  if (step.sub('pr|mr', 'merge'))
    return step.flag('--admin') ? 'high' : step.flag('-d', '--delete-branch') && 'moderate';
  if (step.sub('repo', 'sync')) return step.flag('--force');
  return FORGE.find(([, ...path]) => step.sub(...path))?.[0] ?? false;
};

export const HOSTING_RULES: readonly StepRule[] = inFamily('hosting', [
  {
    id: 'hosting.destroy',
    level: 'high',
    tools: PLATFORMS,
    when: platform,
    technique: 'T1485',
    reason: 'Removes an application, its settings, domains or data from the platform.',
    safer: 'Check that it is the right application, and keep a backup.',
  },
  {
    id: 'hosting.forge-delete',
    level: 'high',
    tools: 'gh glab hub tea',
    when: forge,
    technique: 'T1485',
    reason: 'Deletes or changes repositories, releases, secrets or settings for everyone.',
    safer: 'Do it in the browser, which asks for confirmation.',
  },
]);
