/**
 * Catalogue lines for containers, clusters, clouds and their services; ../catalogue.ts describes
 * the format.
 */
export const OPERATIONS_TOOLS = `
@containers
docker [-H --host --context -c --config -l --log-level --tlscacert --tlscert --tlskey]: attach build builder buildx checkpoint commit compose config container context cp create debug desktop diff events exec export history image images import info init inspect kill load login logout logs manifest model network node pause plugin port ps pull push rename restart rm rmi run save scan scout search secret service stack start stats stop swarm system tag top trust unpause update version volume wait
docker-compose [-f --file -p --project-name --profile --env-file --project-directory]: build config cp create down events exec images kill logs ls pause port ps pull push restart rm run scale start stop top unpause up version watch
docker-machine: active config create env inspect ip kill ls restart rm ssh start status stop upgrade url
podman [--root --runroot --url --connection --log-level]: attach auto-update build commit compose container cp create diff events exec export farm generate healthcheck history image images import info init inspect kill kube load login logout logs machine manifest mount network pause play pod port ps pull push rename restart rm rmi run save search secret start stats stop system tag top unmount unpause unshare untag update version volume wait
podman-compose: build config down exec logs ps pull push restart run start stop up version
nerdctl [-n --namespace -a --address]: build commit compose container cp create exec image images info inspect kill load login logout logs network pause port ps pull push restart rm rmi run save start stats stop system tag top unpause update version volume wait
buildah: add bud build commit config containers copy from images inspect mount pull push rm rmi run tag umount unshare
skopeo: copy delete inspect list-tags login logout sync
ctr [-n --namespace -a --address]: containers content events images namespaces plugins pprof run snapshots tasks version
crictl: attach create exec images info inspect inspecti inspectp logs pods port-forward ps pull rm rmi rmp run runp start stats stop stopp version
runc: create delete exec kill list pause ps resume run spec start state
lxc: alias cluster config console copy delete exec export file image import info init launch list monitor move network operation pause profile project publish query remote rename restart restore shell snapshot start stop storage version
lxc-attach lxc-create lxc-destroy lxc-ls lxc-start lxc-stop
lxd: init
incus: config console copy create delete exec export file image info init launch list move network profile project publish query remote rename restart restore snapshot start stop storage version
systemd-nspawn
machinectl: bind clone copy-from copy-to disable enable image-status kill list list-images list-transfers login poweroff pull-raw pull-tar read-only reboot remove rename shell show start status terminate
apptainer(singularity): build cache delete exec inspect instance key pull push remote run search shell test verify
distrobox: assemble create enter list rm stop upgrade
toolbox: create enter init-container list rm rmi run
dive ctop lazydocker
cosign: attest clean copy download generate generate-key-pair sign sign-blob tree triangulate verify verify-attestation verify-blob
syft grype
@kubernetes
kubectl(k,oc,kubecolor) [-n --namespace --context --kubeconfig --cluster --user -s --server --token --as --as-group --request-timeout --profile]: adm alpha annotate api-resources api-versions apply attach auth autoscale certificate cluster-info completion config convert cordon cp create debug delete describe diff drain edit events exec explain expose get kustomize label login logs new-app new-project options patch plugin port-forward project projects proxy replace rollout rsh run scale set taint top uncordon version wait whoami
helm [-n --namespace --kube-context --kubeconfig]: completion create delete dependency diff env fetch get history install lint list ls package plugin pull push registry repo rollback search secrets show status template test uninstall upgrade verify version
helmfile: apply build charts deps destroy diff fetch init lint list status sync template test write-values
kustomize: build cfg create edit localize version
kubeadm: alpha certs completion config init join kubeconfig reset token upgrade version
kubectx kubens k9s
k3s: agent certificate check-config crictl ctr etcd-snapshot kubectl secrets-encrypt server token
k3d: cluster config image kubeconfig node registry version
kind: build completion create delete export get load version
minikube [-p --profile]: addons cache config cp dashboard delete docker-env image ip kubectl logs mount node pause podman-env profile service ssh start status stop tunnel unpause update-context version
microk8s: add-node config ctr disable enable helm inspect join kubectl leave refresh-certs remove-node reset start status stop
eksctl: associate completion create delete disassociate drain enable get info register scale unset update upgrade utils version
kops: create delete edit export get replace rolling-update toolbox update upgrade validate version
stern kubetail
skaffold: apply build config debug delete deploy dev diagnose fix init inspect render run test verify version
tilt: ci down get logs up
argocd: account admin app appset cert cluster context gpg login logout proj relogin repo repocreds version
flux: bootstrap build check create delete diff events export get install logs pull push reconcile resume suspend tree uninstall version
istioctl: admin analyze bug-report create-remote-secret dashboard experimental install kube-inject manifest operator profile proxy-config proxy-status uninstall upgrade validate verify-install version waypoint
linkerd: check diagnostics inject install uninstall upgrade version viz
kubeseal
velero: backup backup-location bug client completion create debug delete describe get install plugin repo restore schedule snapshot-location uninstall version
talosctl: apply-config bootstrap config dashboard disks dmesg etcd gen get health images kubeconfig list logs memory processes read reboot reset restart rollback service shutdown stats time upgrade upgrade-k8s version
etcdctl: alarm auth check compaction del elect endpoint get lease lock member move-leader put role snapshot txn user version watch
crossplane rancher
@infrastructure
terraform [-chdir]: apply console destroy env fmt force-unlock get graph import init login logout metadata modules output plan providers refresh show state taint test untaint validate version workspace
tofu(opentofu) [-chdir]: apply console destroy fmt force-unlock get graph import init login logout metadata output plan providers refresh show state taint test untaint validate version workspace
terragrunt: apply apply-all console destroy destroy-all graph-dependencies hclfmt import init output plan plan-all run run-all show state validate
cdktf: convert deploy destroy diff get init list login output provider synth watch
pulumi [-C --cwd -s --stack]: about ai cancel config console convert deployment destroy env gen-completion import install login logout logs new org package plugin policy preview refresh schema stack state up version watch whoami
ansible ansible-playbook
ansible-galaxy: collection role
ansible-vault: create decrypt edit encrypt encrypt_string rekey view
ansible-inventory ansible-lint ansible-doc ansible-console ansible-pull
puppet: agent apply cert config describe facts help lookup module node parser resource ssl
bolt: apply command file group inventory module plan puppetfile script task
chef: env exec export gem generate install push shell-init show-policy update verify
chef-client
knife: bootstrap client configure cookbook data environment exec node role search ssh status
salt salt-call salt-key
packer: build console fix fmt hcl2_upgrade init inspect plugins validate version
nomad: acl agent agent-info alloc deployment eval fmt job license login monitor namespace node operator plan plugin quota run scaling sentinel server service setup status stop system tls ui validate var version volume
consul: acl agent catalog config connect event exec force-leave info intention join keygen keyring kv leave lock login logout maint members monitor operator peering reload rtt services snapshot tls validate version watch
boundary waypoint
infracost: breakdown comment configure diff output
tflint tfsec checkov terraform-docs driftctl
@cloud
aws [--profile --region --output --endpoint-url --query --color --ca-bundle]: accessanalyzer acm amplify apigateway apigatewayv2 appconfig application-autoscaling appmesh apprunner appstream appsync athena autoscaling backup batch bedrock budgets ce chime cloud9 cloudcontrol cloudformation cloudfront cloudhsmv2 cloudsearch cloudtrail cloudwatch codeartifact codebuild codecommit codedeploy codepipeline cognito-identity cognito-idp comprehend configservice configure connect cur dax deploy detective devicefarm directconnect dlm dms docdb ds dynamodb dynamodbstreams ec2 ec2-instance-connect ecr ecr-public ecs efs eks elasticache elasticbeanstalk elb elbv2 emr es events eventbridge firehose fis fms fsx gamelift glacier globalaccelerator glue greengrass guardduty health iam identitystore imagebuilder importexport inspector inspector2 iot ivs kafka kendra kinesis kinesisanalytics kms lakeformation lambda lex-models license-manager lightsail location logs macie2 mediaconvert medialive memorydb mq mwaa neptune network-firewall opensearch opsworks organizations outposts personalize pi pinpoint polly pricing qldb quicksight ram rds rds-data redshift redshift-data rekognition resource-groups resourcegroupstaggingapi robomaker route53 route53domains route53resolver s3 s3api s3control sagemaker savingsplans scheduler schemas sdb secretsmanager securityhub serverlessrepo service-quotas servicecatalog servicediscovery ses sesv2 shield signer sms snowball sns sqs ssm sso sso-admin stepfunctions storagegateway sts support swf synthetics textract timestream-query timestream-write transcribe transfer translate waf wafv2 wellarchitected workdocs workmail workspaces xray
aws-vault: add clear exec export list login proxy remove rotate
awslocal
sam: build delete deploy init list local logs package pipeline publish sync traces validate
cdk: acknowledge bootstrap context deploy destroy diff docs doctor import init list ls metadata migrate rollback synth watch
copilot: app deploy env init job pipeline run secret svc task version
eb: abort clone config console create deploy events health init list logs open platform printenv restore scale setenv ssh status swap tags terminate upgrade use
ecs-cli: compose configure down images logs ps pull push scale up
s3cmd: cp del get info la ls mb mv put rb rm setacl sync
s4cmd
gcloud [--project --account --configuration --format --region --zone]: access-context-manager active-directory ai ai-platform alpha anthos api-gateway apigee app artifacts asset assured auth batch beta bigtable billing bms builds certificate-manager cheat-sheet cloud-shell components composer compute config container data-catalog database-migration dataflow dataplex dataproc datastore datastream deploy deployment-manager dns docker domains edge-cloud emulators endpoints essential-contacts eventarc feedback filestore firebase firestore functions healthcare help iam iap identity ids immersive-stream info init iot kms logging looker memcache metastore ml ml-engine model-armor monitoring netapp network-connectivity network-management network-security network-services notebooks org-policies organizations policy-intelligence policy-troubleshoot privateca projects publicca pubsub recaptcha recommender redis resource-manager run scc scheduler secrets service-directory services source spanner sql ssm storage survey tasks topic transcoder transfer version video vmware workbench workflows workspace-add-ons workstations
gsutil [-o -h]: acl bucketpolicyonly cat compose config cors cp defacl defstorageclass du hash help hmac iam kms label lifecycle logging ls mb mv notification pap perfdiag rb requesterpays retention rewrite rm rpo rsync setmeta signurl stat test ubla update version versioning web
bq [--project_id --dataset_id --location]: cancel cp extract head help init insert ls mk mkdef partition query rm shell show truncate update version wait
cbt: count createfamily createtable deletefamily deleterow deletetable listinstances ls read set
az [--subscription --output -o --query]: account acr ad advisor afd ai-examples aks alerts ams apim appconfig appservice aro artifacts attestation automation backup batch bicep billing boards bot cache capacity cdn cloud cloud-shell cognitiveservices config configure connection consumption container containerapp cosmosdb costmanagement data-boundary databoxedge databricks dataprotection datafactory deployment devops disk disk-access dls dms dnc dt dynatrace elastic-san eventgrid eventhubs extension feature feedback find functionapp graph group hdinsight healthcareapis identity image interactive iot keyvault kusto lab lock logicapp login logout managed-cassandra managedapp managedservices maps mariadb ml monitor mysql netappfiles network notification-hub openshift pipelines policy postgres ppg private-link provider providerhub purview quantum redis redisenterprise relay reservations resource resource-mover resources rest restore-point role search security self-test sentinel serial-console servicebus sf sig signalr snapshot spatial-anchors-account spring sql sshkey stack staticwebapp storage storagesync stream-analytics support survey synapse tag term ts upgrade version vm vmss webapp webpubsub workloads
azcopy: bench cancel copy doc env jobs list login logout make remove sync
func: azure durable extensions host init kubernetes new start
doctl [-t --access-token -c --context]: 1-click account apps auth balance billing-history compute databases invoice kubernetes monitoring projects registry serverless version vpcs
linode-cli: account configure databases domains firewalls images linodes lke nodebalancers obj object-storage regions sshkeys volumes
hcloud: all certificate completion config context datacenter firewall floating-ip image iso load-balancer location network placement-group primary-ip server server-type ssh-key version volume
vultr-cli: account backups bare-metal block-storage database dns domains firewall instance iso kubernetes load-balancer object-storage plans regions snapshot ssh-key
scw: account config container dns function init instance k8s lb object rdb registry
ibmcloud: account api billing catalog cf config cr ecs iam is ks login logout plugin regions resource target
oci: artifacts ce compute db fn iam network nosql objectstorage os session setup
aliyun: configure ecs oss ram rds
exo: compute config dbaas dns iam lab storage version
openstack: catalog compute console container endpoint flavor floating image keypair limits loadbalancer network object port project quota role router security server stack subnet token user volume
nova
civo: apikey instance kubernetes network region size ssh
s5cmd: cat cp du ls mb mv rb rm run sync
mc(minio-client): admin alias anonymous cat cp diff du encrypt event find head ilm legalhold ls mb mirror mv ping pipe quota rb ready replicate retention rm share sql stat support tag tree undo update version watch
rclone: about authorize backend bisync cat check checksum cleanup completion config copy copyto copyurl cryptcheck cryptdecode dedupe delete deletefile genautocomplete hashsum help link listremotes ls lsd lsf lsjson lsl md5sum mkdir mount move moveto ncdu obscure purge rc rcat rcd rmdir rmdirs selfupdate serve settier sha1sum size sync test touch tree version
cloudflared: access service tail tunnel update version
saml2aws: configure console exec list-roles login script
@hosting
heroku [-a --app -r --remote]: 2fa access accounts addons apps auth autocomplete buildpacks certs ci clients config container create data destroy domains drains features git help keys labs local login logout logs maintenance members notifications open orgs pg pipelines plugins ps redis regions releases restart reviewapps rollback run sessions spaces stack teams update webhooks whoami
vercel(now) [--token --scope -S]: alias bisect build cache certs curl deploy dev dns domains env git help init inspect install integration link list ls login logout logs open project promote pull redeploy remove rm rolling-release rollback switch target teams telemetry whoami
netlify(ntl): addons api blobs build clone completion db deploy dev env functions help init link lm login logout logs open recipes serve sites status switch unlink watch
fly(flyctl) [-a --app -c --config]: agent apps auth autoscale certs completion config console create dashboard deploy destroy dig dns-records docs doctor domains extensions image info ips jobs launch launches litefs-cloud lfsc list logs machine machines mcp migrate-to-v2 monitor mpg mysql open orgs pg ping platform postgres proxy redis regions registry releases restart resume scale secrets services settings sftp ssh status storage suspend tokens turboku version vm volume volumes wireguard
railway: add connect delete deploy dev docs domain down environment init link list login logout logs open redeploy run scale service shell ssh status unlink up upgrade variables volume whoami
render: blueprints deploys environments jobs kv-cli login logs projects psql restart services ssh whoami workspace
wrangler: ai build cert containers d1 delete deploy deployments dev dispatch-namespace docs generate hyperdrive init kv kv:bulk kv:key kv:namespace login logout mtls-certificate pages pipelines publish pubsub queues r2 rollback secret secrets-store tail telemetry triggers types vectorize versions whoami workflows
firebase: appdistribution apphosting apps auth crashlytics database dataconnect deploy emulators experiments ext firestore functions help hosting init login logout open projects remoteconfig serve setup target use
supabase: bootstrap branches completion config db domains encryption functions gen init inspect link login logout migration network-bans network-restrictions orgs postgres-config projects secrets seed services snippets ssl-enforcement sso start status stop storage test unlink vanity-subdomains
serverless(sls): config deploy dev info invoke login logout logs metrics offline package plugin print remove rollback slstats support
surge
amplify: add analytics api auth codegen configure console delete deploy env function hosting import init mock override plugin publish pull push remove run serve status storage update upgrade
sst: add bind deploy dev diff init install remove secret shell state unlock version
cf: app apps auth buildpacks create-service delete delete-service domains env events login logs map-route orgs push restage restart routes scale services set-env spaces ssh start stop target
dokku: apps certs config domains letsencrypt logs plugin proxy ps run storage
caddy: adapt add-package build-info environ file-server fmt hash-password list-modules reload respond reverse-proxy run start stop trust untrust upgrade validate version
nginx apache2ctl(apachectl,httpd) haproxy
traefik: healthcheck version
certbot: certificates certonly delete enhance install plugins register renew revoke run show_account unregister update_account
balena: app apps build config deploy device devices env envs fleet fleets key keys local login logs os preload push release releases scan settings ssh tags tunnel version whoami
shopify: app auth hydrogen theme version
ngrok: api completion config credits diagnose http service start tcp tls tunnel update version
localtunnel(lt)
apigeecli: apis apps apicategories cache datacollectors developers envgroups envs kvms organizations orgs products sharedflows token
deck: dump diff file gateway ping reset sync validate
fastly: acl acl-entry auth-token backend compute config config-store dictionary domain healthcheck ip-list kv-store log-tail logging products profile purge secret-store service service-version stats tls-config update user vcl version whoami
flarectl
kong: check config health hybrid migrations prepare quit reload restart start stop vault version
@ci
circleci: config context diagnostic follow help info local namespace open orb pipeline policy project runner setup switch tests update version
travis: branches cancel enable encrypt env history lint login logs monitor open restart show status token whoami
gitlab-runner: exec install list register restart run start status stop uninstall unregister verify
jenkins-cli
buildkite-agent: annotate artifact bootstrap meta-data pipeline start step
drone: build cron exec info lint log orgsecret repo secret server sign user
concourse
tkn: bundle chain clustertask completion eventlistener hub pipeline pipelinerun resource task taskrun triggerbinding triggertemplate version
dagger: call config core develop functions init install login logout query run version
semantic-release
changeset: add init pre publish status tag version
renovate
@databases
psql pg_dump pg_dumpall pg_restore
pg_ctl: init initdb kill promote reload restart start status stop
pg_basebackup pgbench createdb dropdb createuser dropuser initdb vacuumdb pgcli mysql(mariadb) mysqldump(mariadb-dump)
mysqladmin(mariadb-admin): create debug drop extended-status flush-hosts flush-logs flush-privileges flush-tables kill password ping processlist reload shutdown status variables version
mysqlimport mysqlcheck mysqld mycli sqlite3(sqlite) litecli mongo mongosh mongod mongodump mongorestore mongoexport
mongoimport mongostat redis-cli(valkey-cli) redis-server redis-benchmark memcached cqlsh
nodetool: assassinate cleanup clearsnapshot compact decommission describecluster drain flush info removenode repair ring scrub snapshot status tpstats
cypher-shell
neo4j: console restart start status stop
neo4j-admin
influx: auth backup bucket config delete org ping query restore setup task telegraf user v1 version write
clickhouse(clickhouse-client): benchmark client local server
cockroach: cert debug demo init node quit sql start start-single-node version workload
duckdb sqlplus sqlcmd bcp isql usql
dolt: add blame branch checkout clone commit config diff fetch init log ls merge pull push remote reset sql sql-server status table tag
flyway: baseline check clean info migrate repair undo validate
liquibase: diff dropAll generateChangelog history rollback status tag update validate
migrate: create drop down force goto up version
goose: create down fix redo reset status up validate version
dbmate: create down drop dump load migrate new rollback status up wait
sequelize: db:create db:drop db:migrate db:seed
typeorm: migration:create migration:generate migration:revert migration:run query schema:drop schema:sync
knex: migrate:down migrate:latest migrate:make migrate:rollback migrate:up seed:make seed:run
pgloader
turso: auth config db group org plan update
pscale: api auth backup branch connect database deploy-request org password region shell signup
@messaging
kafka-topics(kafka-topics.sh) kafka-console-consumer(kafka-console-consumer.sh)
kafka-console-producer(kafka-console-producer.sh) kafka-consumer-groups(kafka-consumer-groups.sh)
kafka-configs(kafka-configs.sh) kafka-acls(kafka-acls.sh) kafka-delete-records(kafka-delete-records.sh) kcat(kafkacat)
rpk: acl cluster connect container debug generate group iotune plugin redpanda security topic version
rabbitmqctl [-n --node -t --timeout]: activate_free_disk_space_monitor add_user add_vhost authenticate_user await_startup change_password cluster_status delete_queue delete_user delete_vhost environment eval force_boot force_reset forget_cluster_node join_cluster list_bindings list_channels list_connections list_consumers list_exchanges list_permissions list_queues list_users list_vhosts node_health_check ping purge_queue report reset rotate_logs set_permissions set_policy set_user_tags shutdown start_app status stop stop_app sync_queue
rabbitmqadmin: close declare delete export get help import list publish purge show
rabbitmq-plugins: disable enable list set
rabbitmq-diagnostics: check_port_connectivity cluster_status memory_breakdown ping status
nats: account auth bench consumer context errors events governor kv latency micro object pub reply request rtt schema server service stream sub top traffic
mosquitto_pub mosquitto_sub zkcli(zkCli.sh) pulsar-admin
@monitoring
promtool: check debug push query test tsdb
amtool: alert check-config cluster config silence template
prometheus
grafana(grafana-cli): admin cli plugins server
logcli: instant-query labels query series stats
datadog-agent: check configcheck diagnose flare health hostname run start status stop version
datadog-ci: git-metadata junit lambda sarif synthetics
newrelic: agent apm apiAccess diagnose entity install nerdgraph nrql profile version workload
pd: auth incident rest schedule service team user util version
splunk: add btool clean disable edit enable list remove reload restart search show start status stop
sentry-cli: debug-files info issues login monitors organizations projects releases repos send-event send-metric sourcemaps uninstall update upload-dif
nagios zabbix_get zabbix_sender telegraf
vector: config generate graph list tap test top validate
fluentd filebeat logstash goaccess collectd
@search
elasticsearch elasticsearch-croneval
elasticsearch-plugin: install list remove
kibana opensearch-cli meilisearch
algolia: apikeys application auth describe dictionary events indices objects open profile rules search settings synonyms
typesense
solr: api auth config create delete healthcheck restart start status stop zk
curator
@backup
restic [-r --repo --repository-file -p --password-file]: backup cache cat check copy diff dump find forget generate init key list ls migrate mount prune rebuild-index recover repair restore rewrite self-update snapshots stats tag unlock version
borg [--remote-path --rsh]: break-lock benchmark change-passphrase check compact config create debug delete diff export-tar extract import-tar info init key list mount prune recreate rename serve umount upgrade version with-lock
borgmatic: borg break-lock check compact config create export-tar extract info init key list mount prune rcreate restore rinfo rlist transfer umount
duplicity duplicati-cli rsnapshot
kopia: blob cache content diff index list maintenance mount policy repository restore server session show snapshot
tarsnap timeshift bacula
pgbackrest: archive-get archive-push backup check expire info repo-get repo-ls restore stanza-create stanza-delete start stop verify version
wal-g: backup-fetch backup-list backup-push delete wal-fetch wal-push
bup rdiff-backup
@secrets
vault [-address -namespace -ca-cert]: agent audit auth debug delete events-subscribe hcp kv lease license list login monitor namespace operator patch path-help pki plugin policy print proxy read secrets server ssh status token transform transit unwrap version write
op: account connect create delete document edit environment events-api get group inject item list plugin read run service-account signin signout ssh ssh-agent update user vault whoami
doppler: activity completion configs configure environments flags import login logout me oidc open projects run secrets settings setup tui update workplace
bw: completion config confirm create delete edit encode export generate get import list lock login logout move restore send serve status sync unlock update
pass: cp edit find generate git grep init insert ls mv otp rm show
gopass: audit cat clone config copy create delete edit find fsck generate git grep init insert list ls mounts move otp recipients setup show sync
sops: completion decrypt edit encrypt exec-env exec-file keyservice publish rotate set unset updatekeys
age age-keygen
chamber: delete env exec export find history import list list-services read tag write
infisical: agent bootstrap export init login reset run scan secrets service-token token user vault
keepassxc-cli: add analyze attachment-export attachment-import attachment-rm clip close db-create db-edit db-info diceware edit estimate export generate help import ls merge mkdir mv open rm rmdir search show
secret-tool: clear lock lookup search store
ldcli: config environments flags login members projects resources setup
flipt: bundle completion config export import migrate server validate
unleash
`;
