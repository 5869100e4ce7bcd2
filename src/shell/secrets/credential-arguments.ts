/**
 * Where programs take a credential on their command line, from their manual pages. Long options
 * that name a secret (`--password x`, `--api-key=x`) are recognized for every program and not
 * listed.
 */

/**
 * Lines `tools [subcommands]: options`. Several tools are separated by commas; subcommands MUST
 * occur in this order among the first words.
 *
 * An option: `-p` takes the next word or what follows `=`; `-p?` also an attached value; `-p*` only
 * an attached one; `-p+2` the second word after it. A final `:`, `%`, `,` or `=` restricts the
 * secret to what follows that character (`-u user:password`), `/` to what stands between it and the
 * last `@` (`scott/tiger@db`), `~` to values that look like a key.
 */
export const OPTIONS = `
mysql,mysqldump,mysqladmin,mysqlimport,mysqlcheck,mysqlshow,mysqlslap,mysqlpump,mysqlbinlog,mysqlsh,mariadb,mariadb-dump,mariadb-admin,xtrabackup,mariabackup,innobackupex: -p*
mycli,mydumper,myloader,litecli,pgcli,iredis: -p?
mongo,mongosh,mongodump,mongorestore,mongoexport,mongoimport,mongostat,mongotop,mongofiles: -p?
redis-cli,valkey-cli,keydb-cli: -a? --pass
redis-server,valkey-server: --requirepass --masterauth
cqlsh,cypher-shell,influx,impala,impala-shell,beeline,snowsql,arangosh,couchbase-cli,cbq,cbbackupmgr,cbimport,cbexport,elasticsearch-users: -p -password
cbc,sqlcmd,bcp,osql,tsql,fisql: -P?
nodetool: -pw --password
vsql: -w?
hdbsql: -p?
nzsql,nzload: -pw
etcdctl: --user:
sqlldr,exp,imp,expdp,impdp,sqlplus,sql,rman: userid=/ target/ catalog/
airflow users: -p
odoo,odoo-bin: -w
rabbitmqadmin: -p?
mosquitto_pub,mosquitto_sub,mosquitto_rr: -P?
kadmin,kadmin.local: -w? -pw
curl: -u?: --user: -U?: --proxy-user: --pass --tlspassword --proxy-pass --proxy-tlspassword --oauth2-bearer -E?: --cert: --proxy-cert: -b?= --cookie=
http,https,xh,xhs,httpie: -a?: --auth:
wscat,websocat: --auth: --basic-auth:
ab: -A?: -P?: -C?=
hey: -a:
siege,lynx,aria2c: -auth: --http-passwd --ftp-passwd --rpc-secret
sqlmap: --auth-cred: --proxy-cred:
wpscan: --api-token --http-auth: --proxy-auth:
gobuster: -P -c=
dirb,wfuzz,ffuf,feroxbuster: -u: --basic:
hydra,medusa,ncrack,patator,crackmapexec,cme,nxc,netexec,smbmap,enum4linux,enum4linux-ng,ldapdomaindump,bloodhound-python,certipy,kerbrute,evil-winrm,wmiexec,responder: -p?
yt-dlp,youtube-dl,gallery-dl: -p? --video-password
transmission-remote: -n: --auth:
lftp: -u?,
ncftp,ncftpget,ncftpput,ncftpls: -p?
megaput,megaget,megals,megadl,megarm,nextcloudcmd: -p?
ldapsearch,ldapadd,ldapmodify,ldapdelete,ldapwhoami,ldapcompare,ldapmodrdn: -w?
ldappasswd: -w? -s? -a?
slappasswd: -s?
smbclient,rpcclient,smbget,smbcacls,smbtree,winexe,wmic,net,smbspool: -U?% --user% --password
wbinfo,ntlm_auth: -a% --authenticate%
samba-tool: -U% --newpassword --adminpass
pdbedit,smbpasswd: -U%
ipa-client-install: -w?
ipa-server-install,ipa-replica-install: -a? -p? -w?
xfreerdp,xfreerdp3,wlfreerdp,sdl-freerdp: /p:* /pth:* /gp:*
rdesktop,vncdo,x11vnc: -p? -passwd
vncviewer: -password
snmpget,snmpwalk,snmpset,snmpbulkget,snmpbulkwalk,snmpgetnext,snmptranslate,snmptrap,snmpinform,onesixtyone: -A? -X? -c?
ipmitool,racadm,ipmipower,ipmi-chassis: -P? -p?
ilorest,hpilo_cli: -p
plink,pscp,psftp,putty: -pw
sshpass: -p?
ssh-keygen: -N? -P?
openfortivpn: -p?
openvpn: --askpass
swaks: -ap --auth-password
sendemail,sendEmail: -xp
useradd,usermod,adduser: -p?
sysadminctl: -password -adminPassword -newPassword -oldPassword
security add-generic-password: -w?
security add-internet-password: -w?
security unlock-keychain: -p?
security create-keychain: -p?
security set-keychain-password: -p? -o?
security set-key-partition-list: -k?
security import: -P?
dscl: -passwd+2 -passwd+3
diskutil: -passphrase -oldPassphrase -newPassphrase
hdiutil: -passphrase
nmcli: password wifi-sec.psk 802-11-wireless-security.psk wifi-sec.wep-key0 802-1x.password vpn.secrets=
iwconfig: key
saslpasswd2,testsaslauthd: -p?
doveadm: -p?
mkpasswd: -S~
esxcli,govc,vmrun,vim-cmd: -p -gp -vp
xe: -pw
virt-customize,virt-builder: --root-password:
virsh secret-set-value: --base64
7z: -p*
7za,7zr,7zz: -p*
zip,unzip,zipcloak: -P? --password
rar: -p* -hp*
unrar,unar: -p? -password
zipinfo: -P
openssl: -k -K -hmac -secret -psk -srppass -pwri_password -passphrase
gpg-preset-passphrase: -P
ccrypt,ccencrypt,ccdecrypt,ccat: -K?
mcrypt,mdecrypt: -k?
aescrypt,steghide,veracrypt,truecrypt,outguess: -p? -k
qpdf: --password --encrypt+1 --encrypt+2
pdftk: user_pw owner_pw input_pw
pdftotext,pdfinfo,pdftoppm,pdfimages,pdftohtml,pdftocairo: -upw -opw
mutool: -p
gs: -sOwnerPassword= -sUserPassword= -sPDFPassword=
osslsigncode,signtool: -pass /p -p
pk12util: -W -K
apksigner: --ks-pass: --key-pass:
pkcs11-tool,pkcs15-tool,pkcs15-init,softhsm2-util,p11tool: --pin --so-pin --puk -p
yubico-piv-tool: -P? -k? -N?
ykman: -p? -P? --pin --puk --management-key -m~
jwt: --secret -S? -k~
oathtool: -s~
kopia,duplicacy: -p
docker,podman,nerdctl,buildah,skopeo,img,oras,crane,cosign,regctl,helm,helm3,finch login: -p? --pass
docker,podman,nerdctl,buildah,skopeo,crictl: --creds: --src-creds: --dest-creds: --auth~
ctr: -u: --user:
oc,kubectl,kubectl-vsphere,odo login: -p? --token
k3s,k3sup,rke2,k0s: -t? --token --agent-token
kubeadm: --certificate-key
gitlab-runner: -r? -t? --token --registration-token
drone: -t? --token --data
act: -s=
circleci,codecov: -t? --token
gh secret: -b? --body
gh variable: -b? --body
gh auth,glab auth: -t? --token
glab variable: -v~ --value~
az login: -p? -t~
az acr: -p?
az sql: -p?
az mysql: -p?
az postgres: -p?
az mariadb: -p?
az synapse: -p?
az keyvault secret: --value
az storage: --account-key --sas-token
aws secretsmanager: --secret-string --secret-binary
aws ssm put-parameter: --value~
aws cognito-idp: --password --session
cf,ibmcloud,bluemix login: -p? --apikey
doctl,vercel: -t? --token
fly,flyctl,now,netlify,render,turso,fastly: -t~ --token --auth -a~ --access-token
knife: -P? --ssh-password --winrm-password
nomad,consul,vault,boundary: -token -password -secret-id -client-secret
conjur: -v~ -p?
tailscale: --authkey --auth-key
ngrok: --authtoken --basic-auth: --oauth-client-secret
akeyless: --value --access-key
dotnet nuget: -k? -p? --api-key --password
nuget: -ApiKey -Password -k -p
twine,poetry,uv,flit,pdm,hatch,rye upload: -p? -P?
twine,poetry,uv,flit,pdm,hatch,rye publish: -p? -P? -a? -t?
anaconda: -t? --token --password
gem: --key~ -k~
p4: -P?
cvs: -d:
jenkins-cli: -auth:
wandb,kaggle: --key~
openai: -k? --api-key
llm: --value~
k6: -t? --token
postman: --with-api-key --postman-api-key
xcrun,altool: -p --password
expo,atuin login: -p? -k?
kcadm,add-user,add-user-keycloak: -p --password --new-password --secret
caddy: --plaintext
sentry-cli: --auth-token
shodan,vt,censys,wakatime: --key~
`;

/** `user:password` after these options of any tool. */
export const ANY_TOOL =
  '--auth: -auth: --basic-auth: --creds: --src-creds: --dest-creds: --userpass: --credentials: --http-auth: --proxy-auth: --proxy-user: --auth-cred:';

/**
 * `all`: the operand is the secret. `pair`: the part after `=`. `key`: the operand if it looks like
 * a key. `colon`: the part after the first colon. `target`: the password of `domain/user:pw@host`.
 * `oracle`: that of `user/pw@database`.
 */
export type OperandForm = 'all' | 'pair' | 'key' | 'colon' | 'target' | 'oracle';

/**
 * Operands of `tool subcommand …` that are secret, from this index on (negative: from the end). The
 * last column: an option that MUST be given.
 */
export const OPERANDS: readonly (readonly [
  words: string,
  from: number,
  count: number,
  form?: OperandForm,
  when?: RegExp,
])[] = [
  ['rabbitmqctl add_user', 1, 1],
  ['rabbitmqctl change_password', 1, 1],
  ['rabbitmqctl authenticate_user', 1, 1],
  ['vault kv put', 1, 99, 'pair'],
  ['vault kv patch', 1, 99, 'pair'],
  ['vault write', 1, 99, 'pair'],
  ['vault login', 0, 1],
  ['vault unseal', 0, 1],
  ['vault operator unseal', 0, 1],
  ['vault unwrap', 0, 1],
  ['vault token lookup', 0, 1],
  ['vault token renew', 0, 1],
  ['vault token revoke', 0, 1],
  ['consul kv put', 1, 1, 'key'],
  ['fly secrets set', 0, 99, 'pair'],
  ['flyctl secrets set', 0, 99, 'pair'],
  ['doppler secrets set', 0, 99, 'pair'],
  ['doppler secrets set', 1, 1],
  ['infisical secrets set', 0, 99, 'pair'],
  ['supabase secrets set', 0, 99, 'pair'],
  ['wrangler secret put', 1, 1],
  ['vercel secrets add', 1, 1],
  ['op item create', 0, 99, 'pair'],
  ['op item edit', 0, 99, 'pair'],
  ['chamber write', 2, 1],
  ['credstash put', 1, 1],
  ['bw login', 1, 1],
  ['bw unlock', 0, 1],
  ['rclone obscure', 0, 1],
  ['mega-login', 1, 1],
  ['b2 authorize-account', 1, 1],
  ['b2 account authorize', 1, 1],
  ['mc alias set', 3, 1],
  ['mc config host add', 3, 1],
  ['mysqladmin password', 0, 1],
  ['mariadb-admin password', 0, 1],
  ['neo4j-admin set-initial-password', 0, 1],
  ['neo4j-admin dbms set-initial-password', 0, 1],
  ['isql', 2, 1],
  ['sqlplus', 0, 1, 'oracle'],
  ['sqlldr', 0, 1, 'oracle'],
  ['exp', 0, 1, 'oracle'],
  ['imp', 0, 1, 'oracle'],
  ['expdp', 0, 1, 'oracle'],
  ['impdp', 0, 1, 'oracle'],
  ['rman target', 0, 1, 'oracle'],
  ['mysqlsh', 0, 1, 'target'],
  ['wpa_passphrase', 1, 1],
  ['networksetup', 2, 1, 'all', /^-setairportnetwork$/],
  ['radtest', 1, 1],
  ['radtest', 4, 1],
  ['radclient', 2, 1],
  ['samba-tool user create', 1, 1],
  ['samba-tool user add', 1, 1],
  ['ansible-vault encrypt_string', 0, 1],
  ['openssl passwd', 0, 1],
  ['mkpasswd', 0, 1],
  ['htpasswd', -1, 1, 'all', /^-[a-zA-Z0-9]*b/],
  ['mosquitto_passwd', -1, 1, 'all', /^-[a-zA-Z]*b/],
  ['oathtool', 0, 1, 'all', /^(?:-b|--base32|--totp.*|--hotp)$/],
  ['cargo login', 0, 1],
  ['wandb login', 0, 1],
  ['snyk auth', 0, 1],
  ['snyk config set api', 0, 1],
  ['semgrep login', 0, 1, 'key'],
  ['ngrok authtoken', 0, 1],
  ['ngrok config add-authtoken', 0, 1],
  ['cloudflared service install', 0, 1],
  ['shodan init', 0, 1],
  ['vt init', 0, 1],
  ['nuget setapikey', 0, 1],
  ['poetry config', 1, 2, 'key'],
  ['composer config', -1, 1, 'key'],
  ['bundle config', -1, 1, 'colon'],
  ['cf auth', 1, 1],
  ['heroku auth:token', 0, 1],
  ['gcloud auth activate-refresh-token', 1, 1],
  ['pulumi config set', 1, 1, 'all', /^--secret$/],
  ['grafana-cli admin reset-admin-password', 0, 1],
  ['grafana cli admin reset-admin-password', 0, 1],
  ['filebrowser users add', 1, 1],
  ['drush user:password', 1, 1],
  ['drush upwd', 1, 1],
  ['travis encrypt', 0, 9, 'pair'],
  ['firebase functions:config:set', 0, 99, 'pair'],
  ['launchctl setenv', 1, 1, 'key'],
  ['psexec', 0, 1, 'target'],
  ['wmiexec', 0, 1, 'target'],
  ['smbexec', 0, 1, 'target'],
  ['atexec', 0, 1, 'target'],
  ['dcomexec', 0, 1, 'target'],
  ['secretsdump', 0, 1, 'target'],
  ['mssqlclient', 0, 1, 'target'],
  ['lookupsid', 0, 1, 'target'],
  ['getuserspns', 0, 1, 'target'],
  ['getnpusers', 0, 1, 'target'],
  ['gettgt', 0, 1, 'target'],
  ['ecryptfs-add-passphrase', 0, 1],
];

/**
 * Programs that read a secret from standard input, or from a descriptor that a here-string fills.
 * The second column: an argument that MUST be given.
 */
export const INPUTS: readonly (readonly [words: string, argument?: RegExp])[] = [
  ['docker login', /^--password-stdin$/],
  ['podman login', /^--password-stdin$/],
  ['nerdctl login', /^--password-stdin$/],
  ['buildah login', /^--password-stdin$/],
  ['skopeo login', /^--password-stdin$/],
  ['oras login', /^--password-stdin$/],
  ['crane auth', /^--password-stdin$/],
  ['cosign login', /^--password-stdin$/],
  ['regctl registry', /^--pass-stdin$/],
  ['helm registry', /^--password-stdin$/],
  ['gh auth', /^--with-token$/],
  ['glab auth', /^--stdin$/],
  ['gh secret'],
  ['glab variable'],
  ['wrangler secret'],
  ['vercel env'],
  ['vercel secrets'],
  ['flyctl secrets'],
  ['fly secrets'],
  ['doppler secrets'],
  ['gcloud secrets', /^--data-file=(?:-|\/dev\/stdin)$|^-$/],
  ['aws secretsmanager'],
  ['az devops'],
  ['chpasswd'],
  ['newusers'],
  ['passwd'],
  ['su'],
  ['kinit'],
  ['ssh-add', /^-$/],
  ['wg', /^pubkey$/],
  ['cryptsetup'],
  ['zfs load-key'],
  ['zfs create'],
  ['encfs', /^-S$|^--stdinpass$/],
  ['gocryptfs'],
  ['veracrypt', /^--stdin$/],
  ['hdiutil', /^-stdinpass$/],
  ['sshfs', /password_stdin/],
  ['openconnect', /^--passwd-on-stdin$/],
  ['adcli', /^--stdin-password$/],
  ['realm'],
  ['docker secret'],
  ['podman secret'],
  ['kubeseal'],
  ['kubectl create secret'],
  ['smbpasswd'],
  ['pdbedit', /^-t$|^--password-from-stdin$/],
  ['pass insert'],
  ['gopass insert'],
  ['secret-tool store'],
  ['keyctl padd'],
  ['keyring set'],
  ['kwallet-query'],
  ['keepassxc-cli'],
  ['systemd-creds encrypt'],
  ['systemd-ask-password'],
  ['vault login'],
  ['vault kv'],
  ['vault write'],
  ['gpg', /^--passphrase-fd/],
  ['gpg2', /^--passphrase-fd/],
  ['openssl', /^(?:stdin|fd:\d+|-stdin)$/],
  ['htpasswd', /^-[a-zA-Z0-9]*i/],
  ['mkpasswd', /^-s$|^--stdin$|^--password-fd/],
  ['slappasswd', /stdin/],
  ['vncpasswd', /^-f$/],
  ['caddy hash-password'],
  ['ldappasswd', /stdin/],
  ['ldapsearch', /stdin/],
  ['oc login'],
  ['argocd login'],
  ['bw login'],
  ['bw unlock'],
  ['op signin'],
  ['cargo login'],
  ['npm login'],
  ['snyk auth'],
  ['heroku login'],
  ['huggingface-cli login'],
  ['hf auth'],
  ['ansible-vault', /stdin|^-$/],
  ['ansible-playbook', /stdin/],
  ['restic', /stdin/],
  ['rclone obscure', /^-$/],
  ['aws configure'],
  ['xfreerdp', /^\/from-stdin/],
  ['sshpass', /^-d\d*$/],
  ['mysql_config_editor'],
  ['envchain', /^--set$/],
];
