/** Kubernetes, its package managers and its data stores. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';

const isDryRun = (step: Step): boolean =>
  step.some(/^--dry-run(?:=(?!none)|$)|^--server-dry-run/) ||
  (step.flag('--dry-run') && /^(?:client|server)$/.test(step.value('--dry-run') ?? ''));
const IMPORTANT_KINDS =
  /^(?:ns|namespaces?|all|no|nodes?|pvc?|persistentvolume(?:claim)?s?|deploy(?:ments?)?(?:\.\w+)*|sts|statefulsets?|ds|daemonsets?|svc|services?|ing(?:ress(?:es)?)?|secrets?|cm|configmaps?|crds?|customresourcedefinitions?(?:\.[\w.]+)?|jobs?|cronjobs?|cj|sa|serviceaccounts?|(?:cluster)?role(?:binding)?s?|sc|storageclass(?:es)?|netpol|networkpolic(?:y|ies)|rs|replicasets?|hpa|pdb|(?:validating|mutating)webhookconfigurations?|clusters?|projects?|apps?|applications?|certificates?|ingressroutes?|[\w-]+\.[\w.-]+)(?:\/|,|$)/i;

const kubectlDelete = (step: Step): Verdict => {
  if (!step.sub('delete') || isDryRun(step)) return false;
  const [kind = ''] = step.after(1);
  if (
    step.flag(
      '-A',
      '--all-namespaces',
      '--all',
      '--force',
      '-l',
      '--selector',
      '-f',
      '--filename',
      '-k',
      '--kustomize',
    ) ||
    step.some(/^--grace-period=0|^--now/)
  )
    return 'high';
  return IMPORTANT_KINDS.test(kind) ||
    step.after(1).some((word) => IMPORTANT_KINDS.test(word) && word.includes('/')) ||
    step.invocation.openArguments ||
    step.words.some((word) => word.value === null)
    ? 'high'
    : 'moderate';
};

const kubectlOther = (step: Step): Verdict => {
  if (isDryRun(step)) return false;
  if (step.sub('drain')) return 'high';
  if (step.sub('scale')) return /--replicas[= ]0\b/.test(step.args.join(' ')) ? 'high' : false;
  if (step.sub('taint')) return step.some(/:NoExecute$/) ? 'high' : 'moderate';
  if (step.sub('cordon')) return 'moderate';
  if (step.sub('replace')) return step.flag('--force') ? 'high' : false;
  if (step.sub('rollout', 'undo|restart')) return 'moderate';
  if (step.sub('patch')) return /"?finalizers"?\s*:\s*(?:null|\[\])/.test(step.args.join(' ')) ? 'high' : false;
  if (step.sub('apply')) return step.flag('--prune') && step.flag('--all') ? 'high' : false;
  if (step.sub('label|annotate')) return step.operands.includes('nodes') && step.flag('--all') ? 'moderate' : false;
  return false;
};

const escalates = (step: Step): Verdict => {
  const line = step.args.join(' ');
  if (step.sub('create', 'clusterrolebinding|rolebinding'))
    return /cluster-admin|system:masters/.test(line) ? 'high' : 'moderate';
  if (step.sub('create', 'clusterrole|role')) return /--verb[= ]'?\*|--resource[= ]'?\*/.test(line) ? 'high' : false;
  if (step.sub('create|apply|replace') && /^http:/.test(step.value('-f', '--filename') ?? '')) return 'high';
  if (step.sub('create', 'token') || step.sub('certificate', 'approve')) return 'moderate';
  if (step.sub('run|debug|create|apply'))
    return /"?privileged"?\s*:\s*true|"?hostPID"?\s*:\s*true|"?hostNetwork"?\s*:\s*true|hostPath|--profile[= ]sysadmin/.test(
      line,
    ) ||
      (step.sub('debug') && /\bnode\//.test(line))
      ? 'high'
      : false;
  if (
    step.sub('patch|edit', 'clusterrole|role|clusterrolebinding') &&
    /"verbs"\s*:\s*\[\s*"\*"|cluster-admin/.test(line)
  )
    return 'high';
  // OpenShift: `oc adm policy add-scc-to-user privileged`.
  if (step.sub('adm', 'policy'))
    return (
      /^add-/.test(step.operands[2] ?? '') &&
      (/\b(?:cluster-admin|privileged|anyuid|hostaccess)\b/.test(line) ? 'high' : 'moderate')
    );
  if (step.sub('label|annotate') && /pod-security\.kubernetes\.io\/enforce=privileged/.test(line)) return 'high';
  if (step.sub('port-forward')) return /--address[= ](?:0\.0\.0\.0|::)/.test(line) && 'high';
  if (step.sub('proxy')) return /--address[= ]0\.0\.0\.0|--accept-hosts/.test(line) ? 'high' : false;
  return false;
};

const HELM: Readonly<Record<string, (s: Step) => Verdict>> = {
  helm: (s) =>
    s.sub('uninstall|delete|del|un')
      ? 'high'
      : s.sub('rollback')
        ? 'moderate'
        : s.sub('upgrade')
          ? s.flag('--force', '--reset-values') && 'moderate'
          : false,
  helmfile: (s) => s.sub('destroy|delete') || s.operands.includes('destroy'),
  argocd: (s) =>
    s.sub('app|proj|repo|cluster|appset|account', 'delete|rm|delete-token|terminate-op') ||
    (s.sub('app', 'sync') && s.flag('--prune', '--force')),
  flux: (s) => s.sub('uninstall|delete') || s.sub('delete'),
  istioctl: (s) => s.sub('uninstall') || s.sub('x', 'uninstall'),
  linkerd: (s) => s.sub('uninstall'),
  velero: (s) => s.operands.slice(0, 2).includes('delete') || s.sub('uninstall'),
  eksctl: (s) => s.sub('delete') || (s.sub('drain') ? 'high' : false),
  kops: (s) => s.sub('delete') || (s.sub('rolling-update') && s.flag('--yes') ? 'high' : false),
  kubeadm: (s) => s.sub('reset') || s.sub('token', 'delete'),
  k3s: (s) => s.sub('etcd-snapshot', 'delete|prune') || (s.sub('server') && s.flag('--cluster-reset')),
  microk8s: (s) => s.sub('reset') || s.sub('remove-node|leave'),
  talosctl: (s) => s.sub('reset|wipe|shutdown|reboot'),
  skaffold: (s) => s.sub('delete'),
  etcdctl: (s) =>
    s.sub('del|rm|rmdir') ||
    s.sub('member', 'remove') ||
    s.sub('snapshot', 'restore') ||
    s.sub('user|role', 'delete') ||
    s.sub('auth', 'disable'),
  'k3s-uninstall.sh': () => true,
  'k3s-killall.sh': () => true,
  'k3s-agent-uninstall.sh': () => true,
  'rke2-uninstall.sh': () => true,
  'rke2-killall.sh': () => true,
  rancher: (s) => s.operands.some((word) => /^(?:delete|rm)$/.test(word)),
  crossplane: (s) => s.operands.includes('delete'),
};

/** The kubelet's and the container engine's own endpoints. */
/** The keys of a cluster hold every object, secrets included, not encrypted by default. */
const readsStore = (step: Step): boolean => {
  if (step.sub('snapshot', 'save')) return step.kind(step.after(2)[0] ?? '') === 'scratch';
  if (!step.sub('get') || step.some(/^--(?:keys|count)-only(?:=true)?$/)) return false;
  const [key = ''] = step.after(1);
  return /\/?registry\/secrets|^\/registry\/?$/.test(key) || (/^\/?$/.test(key) && step.flag('--prefix', '--from-key'));
};

const NODE_API =
  /:102(?:50|55)\/(?:run|exec|attach|portForward|containerLogs|runningpods|pods|cri)\b|(?:docker|containerd|podman)\.sock|:237[56]\/(?:v[\d.]+\/)?(?:containers|images|exec|build)\b|^https?:\/\/localhost\/(?:v[\d.]+\/)?containers\/(?:create|\w+\/(?:exec|start))/;

export const CLUSTER_RULES: readonly StepRule[] = inFamily('cluster', [
  {
    id: 'cluster.delete',
    level: 'high',
    tools: 'kubectl',
    when: kubectlDelete,
    technique: 'T1485',
    reason: 'Deletes cluster objects, including what runs or is stored in them.',
    safer: 'Run it with --dry-run=client, and check the context.',
  },
  {
    id: 'cluster.evict',
    level: 'high',
    tools: 'kubectl',
    when: kubectlOther,
    technique: 'T1489',
    reason: 'Moves or stops workloads on the cluster.',
    safer: 'Run it with --dry-run=client, one node at a time.',
  },
  {
    id: 'cluster.escalate',
    level: 'high',
    tools: 'kubectl',
    when: escalates,
    technique: 'T1098.006',
    reason: 'Gives an account or a pod control over the cluster or its nodes.',
    safer: 'Bind a role with only the verbs needed.',
  },
  {
    id: 'cluster.node-api',
    level: 'high',
    tools: 'curl wget http nc python kubeletctl',
    when: (s: Step) => (s.invocation.code ? NODE_API.test(s.code) : s.some(NODE_API)),
    technique: 'T1609',
    reason: 'Runs commands or starts containers through the API of a node, past the cluster’s checks.',
    safer: 'Use kubectl exec with your own account.',
  },
  {
    id: 'cluster.store-read',
    level: 'high',
    tools: 'etcdctl etcdctl3',
    when: readsStore,
    technique: 'T1552.007',
    reason: 'Reads the store of a cluster past its checks, with all secrets.',
    safer: 'Use kubectl get for the one object.',
  },
  {
    id: 'cluster.tool-delete',
    level: 'high',
    tools: Object.keys(HELM).join(' '),
    when: (s: Step) => !isDryRun(s) && (HELM[s.tool]?.(s) ?? false),
    technique: 'T1485',
    reason: 'Removes a release, a cluster or its data.',
    safer: 'List what it would remove first, and keep a backup.',
  },
]);
