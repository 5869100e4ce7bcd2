import type { RuleExamples } from './rule-examples.ts';

export const CLUSTER_EXAMPLES: RuleExamples = {
  'cluster.delete': {
    fires: [
      'kubectl delete validatingwebhookconfiguration policy',
      'kubectl delete ns prod',
      'kubectl --context prod delete svc x',
      'kubectl delete pods --all',
      'kubectl delete deployment web',
      'kubectl delete pvc data',
      'kubectl delete -f x.yaml',
      'kubectl delete node n1',
      'kubectl delete all --all',
    ],
    silent: [
      'kubectl create deployment x --image=y',
      'kubectl get pods',
      'kubectl describe node x',
      'kubectl apply -f x.yaml',
    ],
  },
  'cluster.escalate': {
    fires: [
      'oc adm policy add-scc-to-user privileged -z default',
      'kubectl create token admin',
      `kubectl patch clusterrole view --type=json -p='[{"op":"add","path":"/rules/-","value":{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}}]'`,
      'kubectl label ns default pod-security.kubernetes.io/enforce=privileged --overwrite',
      'kubectl port-forward --address 0.0.0.0 svc/db 5432',
      'kubectl apply -f http://x.example/a.yaml',
      'kubectl create clusterrolebinding x --clusterrole=cluster-admin --user=x',
    ],
    silent: [
      'oc adm policy who-can get pods',
      'kubectl port-forward svc/db 5432',
      'kubectl apply -f https://x.example/a.yaml',
      'kubectl create deployment x --image=y',
      'kubectl get pods',
      'kubectl describe node x',
      'kubectl apply -f x.yaml',
    ],
  },
  'cluster.evict': {
    fires: [
      'kubectl scale deployment web --replicas=0',
      'kubectl drain node',
      'kubectl taint nodes n1 k=v:NoExecute',
      'kubectl rollout restart deployment x',
    ],
    silent: [
      'kubectl create deployment x --image=y',
      'kubectl get pods',
      'kubectl describe node x',
      'kubectl apply -f x.yaml',
    ],
  },
  'cluster.tool-delete': {
    fires: ['rke2-uninstall.sh', 'k3s-agent-uninstall.sh', 'helm delete x', 'velero backup delete x'],
    silent: ['helm list', 'helm install x y', 'helm upgrade --install x y'],
  },
  'cluster.store-read': {
    fires: [
      'etcdctl get / --prefix --keys-only=false',
      'etcdctl get "" --prefix',
      'etcdctl --endpoints=https://e:2379 get /registry/secrets/default/db',
      'etcdctl snapshot save /tmp/x.db',
    ],
    silent: [
      'etcdctl get / --prefix --keys-only',
      'etcdctl get /app/config --prefix',
      'etcdctl snapshot save /var/backups/etcd.db',
      'etcdctl put a b',
    ],
  },
  'cluster.node-api': {
    fires: [
      'curl -sk https://10.1.2.3:10250/run/default/pod/app -d cmd=id',
      'curl -k https://node1:10250/pods',
      'curl http://node1:10255/pods',
      'curl --unix-socket /var/run/docker.sock http://localhost/containers/json',
      'curl -X POST http://10.1.2.3:2375/containers/create',
      'wget -qO- http://node1:2375/images/json',
    ],
    silent: [
      'curl https://localhost:6443/healthz',
      'curl http://localhost:8080/pods',
      'curl http://node1:9100/metrics',
      'python -c \'print("10250/pods")\'',
    ],
  },
};
