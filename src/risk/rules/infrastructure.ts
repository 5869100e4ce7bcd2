/** Infrastructure as code, and clouds. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';
import { DESTROY, isDryRun } from '../subjects/verbs.ts';

const terraform = (step: Step): Verdict => {
  if (step.flag('-help', '-h')) return false;
  if (step.sub('destroy') || (step.sub('apply|plan') && step.flag('-destroy', '--destroy') && step.sub('apply')))
    return 'high';
  if (step.sub('apply')) return step.some(/^--?(?:auto-approve|replace)(?:=(?!false$)|$)/) ? 'high' : 'moderate';
  if (step.sub('state', 'rm|push|mv|replace-provider')) return step.sub('state', 'mv') ? 'moderate' : 'high';
  if (step.sub('taint|force-unlock')) return 'high';
  if (step.sub('workspace', 'delete')) return 'high';
  return step.sub('untaint|import') ? 'moderate' : false;
};
const TERRAGRUNT = /^(?:destroy|destroy-all|run-all|apply-all)$/;

const INFRASTRUCTURE_TOOLS: Readonly<Record<string, (s: Step) => Verdict>> = {
  terraform,
  tofu: terraform,
  terragrunt: (s) =>
    s.operands.some((word) => /^destroy/.test(word))
      ? 'high'
      : TERRAGRUNT.test(s.operands[0] ?? '') && s.some(/auto-approve|non-interactive/)
        ? 'high'
        : terraform(s),
  cdktf: (s) => s.sub('destroy') || (s.sub('deploy') && s.flag('--auto-approve') ? 'moderate' : false),
  pulumi: (s) =>
    s.sub('destroy|down') ||
    (s.sub('stack', 'rm')
      ? 'high'
      : s.sub('state', 'delete|unprotect')
        ? 'high'
        : s.sub('cancel')
          ? 'high'
          : s.sub('up|update') && s.flag('-y', '--yes', '-f', '--skip-preview')
            ? 'high'
            : false),
  cdk: (s) => s.sub('destroy'),
  sam: (s) => s.sub('delete'),
  serverless: (s) => s.sub('remove') || s.operands.includes('remove'),
  sst: (s) => s.sub('remove'),
  amplify: (s) => s.sub('delete|remove') || s.sub('env', 'remove') || s.operands[1] === 'remove',
  copilot: (s) => s.operands.includes('delete'),
  eb: (s) => s.sub('terminate') || s.sub('abort'),
  nomad: (s) =>
    s.sub('job', 'stop') || s.sub('stop')
      ? s.flag('-purge', '--purge')
        ? 'high'
        : 'moderate'
      : s.sub('system', 'gc') ||
          s.sub('namespace|volume|var|quota|acl', 'delete|purge') ||
          s.sub('node', 'drain') ||
          s.sub('operator', 'raft')
        ? 'high'
        : false,
  consul: (s) =>
    s.sub('kv', 'delete') ||
    s.sub('force-leave|leave') ||
    s.sub('acl|config|intention|peering|snapshot', 'delete|restore') ||
    s.operands.slice(0, 3).includes('delete'),
  packer: () => false,
  knife: (s) => (s.operands.includes('delete') || s.sub('ssh') ? s.operands.includes('delete') : false),
  puppet: (s) =>
    s.sub('node', 'purge|deactivate|clean') || s.sub('cert', 'clean|revoke') || s.sub('resource')
      ? s.some(/ensure=absent/) || s.sub('node', 'purge')
      : false,
  'salt-key': (s) => s.flag('-D', '-d', '--delete-all', '--delete'),
};

/** Ad hoc ansible modules that run a shell or delete. */
const ansible = (step: Step): Verdict => {
  const module = step.value('-m', '--module-name') ?? '';
  const line = step.value('-a', '--args') ?? '';
  if (step.flag('-C', '--check')) return false;
  if (/^(?:ansible\.builtin\.)?(?:shell|command|raw|script|win_shell)$/.test(module) || (module === '' && line !== ''))
    return /\brm\s+-\w*[rf]|\bdd\b|mkfs|shutdown|reboot|userdel|iptables -F|drop\s+(?:table|database)|systemctl\s+(?:stop|disable)/i.test(
      line,
    )
      ? 'high'
      : 'moderate';
  return /state=absent/.test(line)
    ? 'high'
    : /^(?:ansible\.builtin\.)?(?:reboot|user|file|copy)$/.test(module) &&
        (step.elevated || step.flag('-b', '--become'))
      ? 'moderate'
      : false;
};

const HARMLESS =
  /^(?:delete-(?:tag|alarm)s?-?dry|reset-.*-(?:view|display)|stop-(?:query|crawl).*|describe-.*|list-.*|get-.*|wait|cancel-(?:key|spot).*)$/;

/** Disabled monitoring: CloudTrail, Config, GuardDuty, flow logs. */
const AWS_MONITORING_OFF =
  /^(?:stop-(?:logging|configuration-recorder|monitoring-members|replication-task)|delete-.*|put-event-selectors|disable-.*|update-trail|update-detector|put-bucket-logging|put-bucket-lifecycle.*)$/;
const disablesAwsMonitoring = (step: Step, service: string, action: string): boolean =>
  /^(?:cloudtrail|config|configservice|guardduty|securityhub|macie2|detective|inspector2|accessanalyzer|logs|ec2|s3api|s3)$/.test(
    service,
  ) &&
  AWS_MONITORING_OFF.test(action) &&
  (/^(?:stop|disable)/.test(action) ||
    step.some(/^--no-(?:enable|enabled|is-logging|include|is-multi|enable-log)/) ||
    /put-(?:event-selectors|bucket-l)/.test(action));

const aws = (step: Step): Verdict => {
  const [service = '', action = ''] = step.operands;
  if (isDryRun(step) || step.flag('--dryrun', '--dry-run') || action === 'help' || action === '') return false;
  if (service === 's3') {
    if (action === 'rb') return step.flag('--force') ? 'critical' : 'high';
    if (action === 'rm') return step.flag('--recursive') ? 'high' : 'moderate';
    if (action === 'sync' || action === 'mv')
      return step.flag('--delete') ? 'high' : action === 'mv' ? 'moderate' : false;
    return false;
  }
  if (/^delete-tags?$|^untag-/.test(action)) return 'moderate';
  if (
    disablesAwsMonitoring(step, service, action) ||
    /^(?:close-account|leave-organization)$|^admin-delete-|-delete-/.test(action)
  )
    return 'high';
  if (action === 'put-bucket-versioning' && step.some(/Suspended/)) return 'high';
  if (action === 'change-resource-record-sets' && step.some(/"?Action"?\s*[:=]\s*"?DELETE/)) return 'high';
  if (
    /^(?:delete|terminate|destroy|purge|remove|deregister|release|revoke|schedule-key-deletion|cancel-(?!spot)|disable|detach|reset|batch-delete|reject|disassociate|stop|force|abort)(?:-|$)/.test(
      action,
    ) &&
    !HARMLESS.test(action)
  )
    return /^(?:delete|terminate|destroy|purge|deregister|schedule|batch-delete|disable|remove|release|revoke|reset|force)/.test(
      action,
    )
      ? 'high'
      : /^(?:stop|detach|disassociate)/.test(action)
        ? 'moderate'
        : 'high';
  if (
    /^(?:stop-logging|update-trail|put-bucket-lifecycle|put-bucket-policy|put-bucket-versioning|create-access-key|(?:create|update)-login-profile|modify-(?:image|snapshot|db-snapshot)-attribute|set-default-policy-version|deactivate-mfa-device|create-ip-set|send-ssh-public-key|send-serial-console-ssh-public-key|send-command|attach-(?:user|role|group)-policy|put-(?:user|role|group)-policy|update-assume-role-policy|modify-instance-attribute|create-policy-version|add-user-to-group|create-user)/.test(
      action,
    )
  )
    return /^(?:stop-logging|create-access-key|(?:create|update)-login-profile|set-default-policy-version|deactivate-mfa-device|create-ip-set|send-\w+-(?:console-ssh-)?public-key)/.test(
      action,
    ) ||
      (action === 'send-command' && step.some(FETCHED)) ||
      (action === 'create-policy-version' && step.flag('--set-as-default')) ||
      (/^modify-(?:image|snapshot|db-snapshot|instance)-attribute/.test(action) &&
        step.some(/^--user-ids|^--values-to-add|^--launch-permission|^userData$|^--user-data|UserId/)) ||
      (action === 'add-user-to-group' && /admin/i.test(step.value('--group-name') ?? '')) ||
      /AdministratorAccess|"\*"/.test(step.args.join(' '))
      ? 'high'
      : 'moderate';
  return /^(?:modify|update|reboot|restore)-(?:db|instances|cluster)/.test(action) ? 'moderate' : false;
};

/** A script for another machine that runs what it fetches. */
const FETCHED = /(?:curl|wget)\b.*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\/dev\/tcp\/|base64\s+-d/;
/** Ways into machines and their disks: keys in metadata, scripts, exported disks, passwords. */
const entersMachines = (step: Step): Verdict => {
  if (step.tool === 'gcloud')
    return step.path.includes('add-metadata') && step.some(/ssh-keys=|startup-script/) ? 'high' : false;
  if (step.tool !== 'az') return false;
  if (step.sub('disk|snapshot', 'grant-access') || step.sub('ad', 'sp|app', 'credential', 'reset')) return 'high';
  return step.sub('vm|vmss', 'run-command') && (step.some(FETCHED) ? 'high' : 'moderate');
};

/** gcloud, az and similar: the verb is the last word of the command path. */
const verbOf = (step: Step): number => step.operands.slice(0, 7).findIndex((word) => DESTROY.test(word));
const pathCloud = (step: Step): Verdict => {
  if (isDryRun(step)) return false;
  const entered = entersMachines(step);
  if (entered !== false) return entered;
  const at = verbOf(step);
  if (at > 0)
    return /^(?:detach|disable|clear|unset|cancel|reset|invalidate|empty)$/.test(step.operands[at] ?? '') &&
      !step.sub('compute|sql|vm|container')
      ? 'moderate'
      : 'high';
  if (
    step.operands
      .slice(0, 6)
      .some((word) =>
        /^(?:set-iam-policy|remove-iam-policy-binding|delete-.*|batch-delete|purge-.*|remove-.*|start-over|delete-versions|deallocate|failover)$/.test(
          word,
        ),
      )
  )
    return step.operands.includes('deallocate') ? 'moderate' : 'high';
  return step.operands.slice(0, 5).some((word) => /^(?:stop|redeploy|reimage)$/.test(word)) ? 'moderate' : false;
};

/**
 * Granted rights: `az role assignment create --role Owner`, `gcloud … add-iam-policy-binding
 * --member=allUsers`.
 */
const grants = (step: Step): Verdict => {
  if (isDryRun(step)) return false;
  const isGrant =
    step.sub('role', 'assignment', 'create') ||
    step.sub('ad', 'sp', 'create-for-rbac') ||
    step.path.includes('add-iam-policy-binding');
  const tutorial = step.sub('ad', 'sp') && /^Contributor$/i.test(step.value('--role') ?? '');
  const isWide =
    /^(?:Owner|Contributor|User Access Administrator|roles\/(?:owner|editor|iam\..*admin.*))$/i.test(
      step.value('--role') ?? '',
    ) || /^all(?:Authenticated)?Users$/.test(step.value('--member') ?? '');
  return isGrant && (isWide && !tutorial ? 'high' : 'moderate');
};

const isVerb = (verb: string, names: string): boolean => names.split(' ').includes(verb);
const gsutil = (step: Step, verb: string): Verdict => {
  if (verb === 'rm') return step.flag('-r', '-R', '-a') || step.some(/\*/) ? 'high' : 'moderate';
  if (verb === 'rb' || (verb === 'rsync' && step.flag('-d'))) return 'high';
  return (
    isVerb(verb, 'lifecycle acl iam versioning retention') &&
    step.path.some((word) => isVerb(word, 'set ch clear')) &&
    'moderate'
  );
};
const rclone = (_step: Step, verb: string): Verdict => {
  if (isVerb(verb, 'purge delete cleanup rmdirs dedupe sync')) return 'high';
  return isVerb(verb, 'deletefile move bisync rmdir') && 'moderate';
};
const minio = (step: Step, verb: string): Verdict => {
  if (isVerb(verb, 'rb rm')) return 'high';
  if (verb === 'mirror') return step.flag('--remove', '--overwrite');
  return step.path.slice(1, 5).some((word) => isVerb(word, 'remove rm stop detach disable clear'));
};
const bigQuery = (step: Step, verb: string): Verdict =>
  isVerb(verb, 'rm truncate') || (verb === 'query' && /\b(?:drop|truncate|delete)\b/i.test(step.args.join(' ')));
const azCopy = (step: Step, verb: string): Verdict => {
  if (isVerb(verb, 'remove rm')) return 'high';
  if (verb === 'jobs') return step.sub('jobs', 'clean|remove') && 'moderate';
  return verb === 'sync' && /--delete-destination[= ]true/.test(step.args.join(' '));
};
/** `b2 delete-bucket`, `b2 bucket delete`, `b2 rm --recursive`. */
const b2 = (step: Step, verb: string): Verdict => {
  if (/^delete-(?:bucket|key)$/.test(verb) || step.sub('bucket|key', 'delete')) return 'high';
  if (isVerb(verb, 'rm delete-file-version')) return step.flag('-r', '--recursive') ? 'high' : 'moderate';
  return false;
};
const buckets = (step: Step, verb: string): Verdict => {
  if (verb === 'sync') return step.flag('--delete-removed', '--delete');
  if (step.tool === 'b2') return b2(step, verb);
  if (!isVerb(verb, 'rb rm del rmdir expire fixbucket')) return false;
  return verb === 'rb' || step.flag('-r', '--recursive', '--force', '-f') || step.tool === 's5cmd'
    ? 'high'
    : 'moderate';
};
const OBJECT_STORES: Readonly<Record<string, (step: Step, verb: string) => Verdict>> = {
  gsutil,
  rclone,
  mc: minio,
  bq: bigQuery,
  azcopy: azCopy,
  s3cmd: buckets,
  s4cmd: buckets,
  s5cmd: buckets,
  ossutil: buckets,
  b2: buckets,
};
const objects = (step: Step): Verdict =>
  !isDryRun(step) && !step.flag('-n', '--dry-run') && (OBJECT_STORES[step.tool]?.(step, step.path[0] ?? '') ?? false);

export const INFRASTRUCTURE_RULES: readonly StepRule[] = [
  ...inFamily('infrastructure', [
    {
      id: 'infrastructure.destroy',
      level: 'high' as const,
      tools: Object.keys(INFRASTRUCTURE_TOOLS).join(' '),
      when: (s: Step) => (isDryRun(s) ? false : (INFRASTRUCTURE_TOOLS[s.tool]?.(s) ?? false)),
      technique: 'T1485',
      reason: 'Destroys or replaces infrastructure, or corrupts its state file.',
      safer: 'Read the plan first, and name the target.',
    },
    {
      id: 'infrastructure.ad-hoc',
      level: 'moderate' as const,
      tools: 'ansible salt bolt pssh clush pdsh dsh',
      when: (s: Step) =>
        s.tool === 'ansible'
          ? ansible(s)
          : s.args.join(' ').match(/\brm\s+-\w*r|mkfs|\bdd\s+if|shutdown|reboot/)
            ? 'high'
            : false,
      technique: 'T1072',
      reason: 'Runs a command on many machines at once.',
      safer: 'Test it with --check on one machine.',
    },
    {
      id: 'infrastructure.force-playbook',
      level: 'moderate' as const,
      tools: 'ansible-playbook ansible-galaxy',
      when: (s: Step) => s.tool === 'ansible-galaxy' && s.operands.includes('remove'),
      reason: 'Removes roles that playbooks may need.',
      safer: 'Remove the role from the requirements file.',
    },
  ]),
  ...inFamily('cloud', [
    {
      id: 'cloud.aws-delete',
      level: 'high' as const,
      tools: 'aws awslocal',
      when: aws,
      technique: 'T1485',
      reason: 'Deletes or stops cloud resources, or opens access to them.',
      safer: 'Check the account and region, use --dry-run if available, and keep a snapshot.',
    },
    {
      id: 'cloud.delete',
      level: 'high' as const,
      tools: 'gcloud az func cbt aws-vault eksctl saml2aws',
      when: pathCloud,
      technique: 'T1485',
      reason: 'Deletes cloud resources and their data.',
      safer: 'Check the project or subscription, and keep a snapshot.',
    },
    {
      id: 'cloud.grant',
      level: 'high' as const,
      tools: 'gcloud az gsutil',
      when: grants,
      technique: 'T1098.003',
      reason: 'Gives an account rights over cloud resources.',
      safer: 'Grant the narrowest role, on one resource.',
    },
    {
      id: 'cloud.delete-objects',
      level: 'high' as const,
      tools: Object.keys(OBJECT_STORES).join(' '),
      when: objects,
      technique: 'T1485',
      reason: 'Deletes stored objects or whole buckets.',
      safer: 'Do a dry run first, and enable versioning.',
    },
  ]),
];
