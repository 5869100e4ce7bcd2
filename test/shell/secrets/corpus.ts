/**
 * Generated secrets in context; none was ever valid. Deterministic, so that a failure can be
 * reproduced.
 */

import { chars as charsOf, pickFrom, randomFrom } from './random.ts';

const random = randomFrom(20_260_701);
const pick = <T>(items: readonly T[]): T => pickFrom(random, items);
const chars = (alphabet: string, length: number): string => charsOf(random, alphabet, length);
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const alnum = (length: number): string => chars(UPPER + LOWER + DIGITS, length);
const hex = (length: number): string => chars('0123456789abcdef', length);
const base64 = (length: number): string => chars(`${UPPER}${LOWER}${DIGITS}+/`, length);

/** Passwords that people choose. */
const passwords = (): string =>
  pick([
    'hunter2',
    'S3cr3t!pw',
    'correct-horse',
    'Pa55w0rd',
    'tr0ub4dor',
    'letmein99',
    'Winter2026',
    'x9#kLm',
    'geheim42',
    'qwerty!1',
  ]);

/** Tokens with a recognizable format, as their issuers publish it. */
export const TOKENS: readonly (() => string)[] = [
  () => `ghp_${alnum(36)}`,
  () => `gho_${alnum(36)}`,
  () => `ghs_${alnum(36)}`,
  () => `github_pat_${alnum(22)}_${alnum(59)}`,
  () => `glpat-${alnum(20)}`,
  () => `gldt-${alnum(20)}`,
  () => `AKIA${chars(`${UPPER}234567`, 16)}`,
  () => `ASIA${chars(`${UPPER}234567`, 16)}`,
  () => `AIza${alnum(35)}`,
  () => `ya29.${alnum(60)}`,
  () => `GOCSPX-${alnum(28)}`,
  () => `${alnum(3)}8Q~${alnum(34)}`,
  () => `xoxb-${chars(DIGITS, 12)}-${chars(DIGITS, 12)}-${alnum(24)}`,
  () => `xoxp-${chars(DIGITS, 12)}-${alnum(32)}`,
  () => `xapp-1-A${chars(UPPER, 10)}-${chars(DIGITS, 13)}-${hex(40)}`,
  () => `sk_live_${alnum(24)}`,
  () => `rk_test_${alnum(24)}`,
  () => `whsec_${alnum(32)}`,
  () => `npm_${alnum(36)}`,
  () => `pypi-AgEIcHlwaS5vcmc${alnum(80)}`,
  () => `dckr_pat_${alnum(27)}`,
  () => `hf_${chars(UPPER + LOWER, 34)}`,
  () => `sk-proj-${alnum(48)}`,
  () => `sk-ant-api03-${alnum(60)}`,
  () => `SG.${alnum(22)}.${alnum(43)}`,
  () => `key-${hex(32)}`,
  () => `dop_v1_${hex(64)}`,
  () => `lin_api_${alnum(40)}`,
  () => `dapi${hex(32)}`,
  () => `dp.pt.${alnum(43)}`,
  () => `hvs.${alnum(24)}`,
  () => `${alnum(14)}.atlasv1.${alnum(67)}`,
  () => `pul-${hex(40)}`,
  () => `glsa_${alnum(32)}_${hex(8)}`,
  () => `shpat_${hex(32)}`,
  () => `tskey-auth-${alnum(12)}-${alnum(32)}`,
  () => `AGE-SECRET-KEY-1${chars(UPPER + DIGITS, 58)}`,
  () => `sbp_${hex(40)}`,
  () => `ATATT3${alnum(180)}`,
  () => `NRAK-${chars(UPPER + DIGITS, 27)}`,
  () => `PMAK-${hex(24)}-${hex(34)}`,
  () => `figd_${alnum(40)}`,
  () => `sq0atp-${alnum(22)}`,
  () => `rubygems_${hex(48)}`,
  () => `eyJhbGciOiJIUzI1NiJ9.eyJ${alnum(40)}.${alnum(43)}`,
  () => `${chars(DIGITS, 9)}:AA${alnum(33)}`,
];

/** Contexts for tokens that are recognized by their format; none of them names a secret. */
const TOKEN_PLACES: readonly ((token: string) => string)[] = [
  (token) => `curl https://api.example.com/v1/me?x=${token}`,
  (token) => `deploy --with ${token} prod`,
  (token) => `echo "${token}" > out.txt`,
  (token) => `git clone https://${token}@git.example.com/a/b.git`,
  (token) => `cat <<EOF > .env\nVALUE=${token}\nEOF`,
  (token) => `bash -c 'login ${token}'`,
];

/** Commands in which a name, option or position marks a password, key or token. */
export const CONTEXTS: readonly ((secret: string) => string)[] = [
  (s) => `mysql -u root -p${s} shop`,
  (s) => `mysql --user=root --password=${s} -e 'select 1'`,
  (s) => `mysqldump -uroot -p'${s}' shop > shop.sql`,
  (s) => `sudo mysqladmin -u root -p${s} status`,
  (s) => `sshpass -p ${s} ssh root@10.0.0.7`,
  (s) => `sshpass -p'${s}' scp a b:`,
  (s) => `PGPASSWORD=${s} psql -h db -U app`,
  (s) => `env PGPASSWORD='${s}' pg_dump app`,
  (s) => `export DB_PASSWORD=${s}`,
  (s) => `export API_TOKEN="${s}"`,
  (s) => `AWS_SECRET_ACCESS_KEY=${s} aws s3 ls`,
  (s) => `curl -u admin:${s} https://example.com`,
  (s) => `curl --user admin:'${s}' https://example.com`,
  (s) => `curl -uadmin:${s} https://example.com/x`,
  (s) => `curl -H "Authorization: Bearer ${s}" https://example.com`,
  (s) => `curl -H 'Authorization: Basic ${s}' https://example.com`,
  (s) => `curl -H 'Authorization: token ${s}' https://example.com`,
  (s) => `curl -H "X-Api-Key: ${s}" https://example.com`,
  (s) => `curl --header 'PRIVATE-TOKEN: ${s}' https://git.example.com`,
  (s) => `curl -H "X-Vault-Token: ${s}" https://vault:8200/v1/x`,
  (s) => `curl -d '{"user":"a","password":"${s}"}' https://example.com`,
  (s) => `curl -d "{\\"password\\": \\"${s}\\"}" https://example.com`,
  (s) => `curl -d 'user=a&password=${s}&x=1' https://example.com`,
  (s) => `curl "https://example.com/x?api_key=${s}&y=1"`,
  (s) => `wget --http-user=a --http-password=${s} https://example.com`,
  (s) => `http -a admin:${s} GET example.com`,
  (s) => `git clone https://bob:${s}@git.example.com/x.git`,
  (s) => `psql "postgresql://app:${s}@db:5432/app"`,
  (s) => `mongosh "mongodb+srv://app:${s}@cluster0.example.net/app"`,
  (s) => `redis-cli -u redis://:${s}@cache:6379`,
  (s) => `redis-cli -a ${s} ping`,
  (s) => `DATABASE_URL=mysql://app:${s}@db/app rake db:migrate`,
  (s) => `docker login -u bob -p ${s} registry.example.com`,
  (s) => `echo ${s} | docker login -u bob --password-stdin`,
  (s) => `echo '${s}' | sudo -S apt update`,
  (s) => `echo "root:${s}" | chpasswd`,
  (s) => `docker run -e POSTGRES_PASSWORD=${s} postgres`,
  (s) => `docker run --env MYSQL_ROOT_PASSWORD='${s}' mysql`,
  (s) => `kubectl create secret generic app --from-literal=password=${s}`,
  (s) => `kubectl create secret generic app --from-literal anything=${s}`,
  (s) => `helm upgrade app chart --set auth.password=${s}`,
  (s) => `ansible-playbook site.yml -e "ansible_become_password=${s}"`,
  (s) => `openssl enc -aes-256-cbc -pass pass:${s} -in a -out b`,
  (s) => `openssl rsa -in key.pem -passin pass:${s}`,
  (s) => `gpg --batch --passphrase ${s} -c a.txt`,
  (s) => `7z a -p${s} a.7z dir`,
  (s) => `zip -P ${s} a.zip a`,
  (s) => `unzip -P '${s}' a.zip`,
  (s) => `ldapsearch -x -D cn=admin -w ${s} -b dc=x`,
  (s) => `smbclient //host/share -U bob%${s}`,
  (s) => `keytool -genkey -storepass ${s} -keypass ${s}`,
  (s) => `aws configure set aws_secret_access_key ${s}`,
  (s) => `aws secretsmanager create-secret --name x --secret-string '${s}'`,
  (s) => `az login --service-principal -u app -p ${s} --tenant t`,
  (s) => `vault kv put secret/app anything=${s}`,
  (s) => `vault login ${s}`,
  (s) => `heroku config:set STRIPE_SECRET_KEY=${s}`,
  (s) => `fly secrets set ANYTHING=${s}`,
  (s) => `gh secret set NAME --body ${s}`,
  (s) => `npm config set //registry.npmjs.org/:_authToken ${s}`,
  (s) => `twine upload -u __token__ --password ${s} dist/*`,
  (s) => `rabbitmqctl add_user bob ${s}`,
  (s) => `mosquitto_pub -h h -u bob -P ${s} -t a -m b`,
  (s) => `sqlcmd -S db -U sa -P ${s} -Q 'select 1'`,
  (s) => `security add-generic-password -a bob -s app -w ${s}`,
  (s) => `ssh-keygen -t rsa -N ${s} -f key`,
  (s) => `mysql -e "CREATE USER 'bob'@'%' IDENTIFIED BY '${s}'"`,
  (s) => `psql -c "ALTER USER bob WITH PASSWORD '${s}'"`,
  (s) => `cat > .env <<EOF\nDB_HOST=db\nDB_PASSWORD=${s}\nEOF`,
  (s) => `cat <<'EOF' > values.yaml\nauth:\n  password: ${s}\nEOF`,
  (s) => `bash -c 'export SECRET_TOKEN=${s}; ./run'`,
  (s) => `ssh host 'mysql -p${s} -e "select 1"'`,
  (s) => `sh -c "mysql -u root -p${s} shop"`,
  (s) => `sudo -u app env API_KEY=${s} ./run`,
  (s) => `mytool --token ${s} list`,
  (s) => `mytool --api-key "${s}" list`,
  (s) => `mytool --client-secret=${s}`,
  (s) => `mytool login --password '${s}`,
  (s) => `export PASSWORD="${s}`,
  (s) => `MY_APP_SECRET='${s}' MY_TOKEN=${s} ./run`,
  (s) => `set_config apiKey: "${s}"`,
  (s) => `terraform apply -var db_password=${s}`,
  (s) => `lftp -u bob,${s} ftp.example.com`,
  (s) => `mount -t cifs //h/s /mnt -o username=bob,password=${s}`,
  (s) => `xfreerdp /u:bob /p:${s} /v:host`,
  (s) => `nmcli dev wifi connect home password ${s}`,
  (s) => `bw unlock ${s}`,
  (s) => `SSHPASS=${s} sshpass -e ssh host`,
  (s) => `REDISCLI_AUTH=${s} redis-cli ping`,
  (s) => `redis-cli AUTH ${s}`,
  (s) => `jq -n --arg password ${s} '{p: $password}'`,
  (s) => `rclone config create r s3 access_key_id x secret_access_key ${s}`,
  (s) => `php -r '$password="${s}"; connect();'`,
  (s) => `printf 'machine h login bob password ${s}' >> ~/.netrc`,
  (s) => `echo "db:5432:app:bob:${s}" >> ~/.pgpass`,
  (s) => `mytool --auth bob:${s}`,
  (s) => `docker build --build-arg NPM_TOKEN=${s} .`,
  (s) => `kubectl config set-credentials bob --token=${s}`,
  (s) => `git -c http.extraHeader="Authorization: Bearer ${s}" fetch`,
  (s) => `psql "host=db user=app password=${s} dbname=app"`,
  (s) => `sudo -S ls <<< '${s}'`,
  (s) => `gpg --passphrase-fd 0 -d a.gpg <<< ${s}`,
  (s) => `htpasswd -b .htpasswd bob ${s}`,
  (s) => `argocd login cd.example.com --username admin --password ${s}`,
];

const PEM = (): string =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64(70)}\n${base64(70)}\n-----END OPENSSH PRIVATE KEY-----`;

export interface SecretInContext {
  readonly command: string;
  readonly secret: string;
}

/**
 * All contexts: each token in two of them, each other context with a password and a random value,
 * and private keys.
 */
export const secretsInContext = (): readonly SecretInContext[] => [
  ...TOKENS.flatMap((make) =>
    [0, 1].map(() => {
      const secret = make();
      return { secret, command: pick(TOKEN_PLACES)(secret) };
    }),
  ),
  ...CONTEXTS.flatMap((context) =>
    [passwords(), passwords(), alnum(24), `${alnum(8)}-${alnum(6)}`].map((secret) => ({
      secret,
      command: context(secret),
    })),
  ),
  ...[1, 2, 3].map(() => {
    const secret = PEM();
    return { secret: secret.split('\n')[1] ?? '', command: `echo '${secret}' > key` };
  }),
];

/** Values that look random but are no secrets: they must not be masked. */
const PLAIN: readonly (() => string)[] = [
  () => `git show ${hex(40)}`,
  () => `git checkout ${hex(7)}`,
  () => `git rebase --onto ${hex(12)} main`,
  () => `docker pull app@sha256:${hex(64)}`,
  () => `docker rm ${hex(12)}`,
  () => `sha256sum -c <<< "${hex(64)}  file.iso"`,
  () => `aws ec2 describe-instances --instance-ids i-${hex(17)}`,
  () => `az account set --subscription ${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
  () => `kubectl logs web-${hex(10)}-${chars(LOWER, 5)} -f`,
  () => `curl https://example.com/files/${hex(32)}.tar.gz -o a.tgz`,
  () => `npm install lodash@4.17.${chars(DIGITS, 1)}`,
  () => `ls /var/lib/docker/overlay2/${hex(64)}/diff`,
  () => `export BUILD_ID=${hex(16)}`,
  () => `grep -rn password src/${chars(LOWER, 6)}`,
  () => `vim ${chars(LOWER, 5)}/token-${chars(LOWER, 4)}.ts`,
  () => `git checkout -b fix-token-${chars(LOWER, 6)}`,
  () => `kubectl get secret ${chars(LOWER, 8)} -n ${chars(LOWER, 4)}`,
  () => `docker login -u ${chars(LOWER, 5)} registry.example.com`,
  () => 'export API_TOKEN="$(pass show api)"',
  () => `mysql -u root -p ${chars(LOWER, 5)}`,
  () => 'curl -H "Authorization: Bearer $TOKEN" https://example.com',
  () => `docker build --secret id=npm,src=.npmrc -t ${chars(LOWER, 5)} .`,
  () => `ssh -p ${chars(DIGITS, 4)} bob@${chars(LOWER, 6)}`,
  () => `ssh-keygen -t ed25519 -C ${chars(LOWER, 5)}@example.com`,
  () => `mkdir -p ${chars(LOWER, 5)}/secrets && cd $_`,
  () => `tar czf ${chars(LOWER, 5)}.tgz --exclude node_modules .`,
  () => `make -j8 KEY=${chars(LOWER, 4)}`,
  () => `for i in $(seq ${chars(DIGITS, 2)}); do echo $i; done`,
  () => `psql --password ${chars(LOWER, 5)}`,
  () => `gpg --decrypt ${chars(LOWER, 5)}.gpg`,
  () => `openssl passwd -6`,
  () => `rsync -avz ${chars(LOWER, 4)}/ host:${chars(LOWER, 4)}/`,
  () => `export SORT_KEY=${chars(LOWER, 6)}`,
  () => `docker run -p 127.0.0.1:${chars('123456789', 4)}:80 -v /a:/b:ro nginx`,
  () => `llm --max-tokens ${chars('123456789', 3)} ask`,
];

/** `count` ordinary commands without a secret. */
export const ordinaryCommands = (count: number): readonly string[] =>
  Array.from({ length: count }, () => pick(PLAIN)());
