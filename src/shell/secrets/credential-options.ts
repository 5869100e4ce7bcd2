/**
 * Options with a credential, by program, from their manual pages. Long options that name a secret
 * (`--password x`, `--api-key=x`) are recognized for every program and not listed.
 */

/**
 * Lines `tools [words]: options`. Several tools are separated by commas; the words MUST occur among
 * the first ones of the command.
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
influx: -t?
nodetool: -pw --password
vsql: -w?
hdbsql: -p?
nzsql,nzload: -pw
etcdctl: --user:
sqlldr,exp,imp,expdp,impdp,sqlplus,sql,rman: userid/ target/ catalog/
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
psexec,paexec: -p
schtasks: /rp
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
govc: -u:
singularity,apptainer remote: -p? --password
xe: -pw
virt-customize,virt-builder: --root-password:
virsh secret-set-value: --base64
7z: -p*
7za,7zr,7zz: -p*
zip,unzip,zipcloak: -P? --password
rar: -p* -hp*
unrar,unar: -p? -password
zipinfo: -P
openssl: pass:* -k -K -hmac -secret -psk -srppass -pwri_password -passphrase
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
ykman access: -n?
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
gh variable: -b~ --body~
gh,glab auth: -t? --token
fly,flyctl login: -p
glab variable: -v~ --value~
supabase: -p?
keytool: -new
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
aws put-parameter SecureString: --value
aws cognito-idp: --password --session
cf,ibmcloud,bluemix login: -p? --apikey
doctl,vercel: -t? --token
fly,flyctl,now,netlify,render,turso,fastly: -t~ --token --auth -a~ --access-token
knife: -P? --ssh-password --winrm-password
nomad,consul,vault,boundary: -token -password -secret-id -client-secret
conjur variable: -v?
conjur: -p?
tailscale: --authkey --auth-key
ngrok: --authtoken --basic-auth: --oauth-client-secret
akeyless: --value --access-key
dotnet nuget: -k? -p? --api-key --password
nuget: -ApiKey -Password -k -p
twine,poetry,uv,flit,pdm,hatch,rye upload: -p? -P?
twine,poetry,uv,flit,pdm,hatch,rye publish: -p? -P? -a? -t?
anaconda: -t? --token --password
gem: --key -k~
p4: -P?
cvs: -d:
jenkins-cli: -auth:
npm,pnpm,yarn: --otp
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
