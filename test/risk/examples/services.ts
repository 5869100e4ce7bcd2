import type { RuleExamples } from './rule-examples.ts';

export const SERVICES_EXAMPLES: RuleExamples = {
  'services.backup-delete': {
    fires: [
      'snapper delete 1-100',

      'tmutil disable',
      'restic forget --prune --keep-last 1',
      'restic prune',
      'borg prune repo',
      'borg delete repo',
    ],
    silent: ['snapper list', 'tmutil listbackups', 'borg create repo::a ~', 'restic backup ~', 'restic snapshots'],
  },
  'services.client-delete': {
    fires: [
      'swift delete --all',
      'cscli decisions delete --all',

      'hdfs dfs -rm -r -skipTrash /data',
      'ceph osd pool delete p p --yes-i-really-really-mean-it',
      'vault secrets disable x',
      'vault kv delete x',
      'vault operator seal',
      'vault token revoke x',
      'vault lease revoke -prefix x',
      'op item delete x',
      'op vault delete x',
      'doppler secrets delete X',
    ],
    silent: [
      'cscli decisions list',
      'hdfs dfs -rm /x',
      'ceph status',
      'splunk version',
      'nsupdate -v',
      'tailscale status',
      'vault status',
    ],
  },
  'services.directory-delete': {
    fires: ['ldapdelete cn=x'],
    silent: ['ldapmodify -f x.ldif'],
  },
  'services.dns-delete': {
    fires: ["echo 'update delete x.example.com' | nsupdate"],
    silent: ['nsupdate -v', 'rndc status'],
  },
  'services.http-delete': {
    fires: [
      'curl -X DELETE http://localhost:9200/index',
      'curl -XDELETE http://es:9200/_all',
      'curl -sX DELETE http://es:9200/_all',
      'curl --request DELETE https://api.example.com/x/1',
      'curl -X POST http://localhost:9200/i/_delete_by_query',
      'curl -X DELETE https://app.launchdarkly.com/api/v2/flags/x',
    ],
    silent: ['curl -k https://localhost', 'curl https://x', 'http GET https://x', 'curl https://example.com'],
  },
  'services.queue-delete': {
    fires: [
      'kafka-topics.sh --delete --topic x --bootstrap-server y',
      'kafka-topics --bootstrap-server x --delete --topic y',
      'kafka-consumer-groups --reset-offsets --execute --all-topics --group x',
      'rabbitmqctl delete_queue x',
      'rabbitmqctl reset',
      'rabbitmqadmin delete queue name=x',
      'nats stream delete x',
      'nats stream purge x',
    ],
    silent: ['nats stream ls', 'kafka-topics --list --bootstrap-server x', 'rabbitmqctl list_queues'],
  },
  'services.runtime-socket': {
    fires: ["echo 'disable server b/s1' | socat stdio /run/haproxy.sock"],
    silent: ["echo 'show stat' | socat stdio /run/haproxy.sock", 'nc -zv host 80', 'nc -l 8080'],
  },
  'services.web-server-stop': {
    fires: ['nginx -s stop', 'nginx -s quit'],
    silent: ['nginx -t', 'docker run -p 80:80 nginx', 'sudo apt install nginx', 'sudo systemctl restart nginx'],
  },
  'services.jenkins': {
    fires: ['java -jar jenkins-cli.jar -s http://j/ delete-job x', 'java -jar /opt/jenkins-cli.jar safe-shutdown'],
    silent: ['java -jar jenkins-cli.jar list-jobs', 'java -jar app.jar delete-job'],
  },
};
