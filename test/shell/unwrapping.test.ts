import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';
import { only, runs, runsLast } from './oracles/transcript.ts';

describe('the command inside a wrapper', () => {
  test.each<[string, string]>([
    ['sudo -u root -E FOO=1 rm -rf /', 'sudo > rm [-rf] [/]'],
    ['sudo --user=deploy -n -- rm x', 'sudo > rm [x]'],
    ['sudo -Hiu root rm x', 'sudo > rm [x]'],
    ['doas -u www rm x', 'doas > rm [x]'],
    ['env -i -u C A=b cmd x', 'env > cmd [x]'],
    ['sudo A=b -u deploy rm x', 'sudo > rm [x]'],
    ['env - cmd', 'env > cmd'],
    ['env -S "rm -rf /"', 'env > rm [-rf] [/]'],
    ['FOO=1 env BAR=2 git log', 'env > git [log]'],
    ['nohup nice -n 5 ionice -c 3 rm x', 'nohup > nice > ionice > rm [x]'],
    ['nice -19 rm x', 'nice > rm [x]'],
    ['timeout -k 5 10 rm x', 'timeout > rm [x]'],
    ['timeout --signal=KILL 1m rm x', 'timeout > rm [x]'],
    ['stdbuf -oL -e 0 rm x', 'stdbuf > rm [x]'],
    ['setsid -w rm x', 'setsid > rm [x]'],
    ['time -p rm x', 'time > rm [x]'],
    ['\\time -f %e rm x', 'time > rm [x]'],
    ['command -p rm x', 'command > rm [x]'],
    ['builtin cd x', 'builtin > cd [x]'],
    ['exec -a name rm x', 'exec > rm [x]'],
    ['chrt -f 50 rm x', 'chrt > rm [x]'],
    ['taskset -c 0,1 rm x', 'taskset > rm [x]'],
    ['xargs -0 -n1 rm', 'xargs > rm'],
    ['xargs -I{} -P 4 rm {}', 'xargs > rm [{}]'],
    ['find . -name x -exec rm {} +', 'find > rm [{}]'],
    ["find . -exec sh -c 'rm {}' \\;", 'find > sh > rm [{}]'],
    ['fd -e c -x rm', 'fd > rm'],
    ["parallel 'rm {}' ::: a", 'parallel > rm [a]'],
    ['parallel rm -rf {} ::: /', 'parallel > rm [-rf] [/]'],
    ['parallel --eta -j 4 rm -rf ::: /', 'parallel > rm [-rf] [/]'],
    ["watch -n1 'rm x'", 'watch > rm [x]'],
    ['watch -n 1 git reset --hard', 'watch > git [reset] [--hard]'],
    ["sh -c 'rm x'", 'sh > rm [x]'],
    ["bash -lc 'rm x'", 'bash > rm [x]'],
    ["bash -o pipefail -ec 'rm x'", 'bash > rm [x]'],
    ["bash -c -- 'rm x'", 'bash > rm [x]'],
    ['sh -c \'rm "$1"\' sh /', 'sh > rm [/]'],
    ["fish -c 'rm x; and ls'", 'fish > ls'],
    ["eval 'rm -rf' /", 'eval > rm [-rf] [/]'],
    ["ssh -p 22 u@h 'rm x'", 'ssh > rm [x]'],
    ['ssh h -l root rm x', 'ssh > rm [x]'],
    ['sshpass -p x ssh h rm y', 'sshpass > ssh > rm [y]'],
    ["su - user -c 'rm x'", 'su > rm [x]'],
    ["su -c 'rm x' user", 'su > rm [x]'],
    ['runuser -u www -- rm x', 'runuser > rm [x]'],
    ["sg docker -c 'rm x'", 'sg > rm [x]'],
    ['pkexec --user root rm x', 'pkexec > rm [x]'],
    ['docker exec -it -u 0 c rm x', 'docker > rm [x]'],
    ["docker run --rm -v /:/mnt alpine sh -c 'rm x'", 'docker > sh > rm [x]'],
    ['docker --context c compose exec web rm x', 'docker > rm [x]'],
    ['podman run --name a img rm x', 'podman > rm [x]'],
    ['kubectl exec -n ns pod -c main -- rm x', 'kubectl > rm [x]'],
    ['kubectl --context k exec -it pod -- sh -c "rm x"', 'kubectl > sh > rm [x]'],
    ["adb -s emulator-5554 shell 'rm x'", 'adb > rm [x]'],
    ['adb shell rm x', 'adb > rm [x]'],
    ["adb shell su -c 'rm x'", 'adb > su > rm [x]'],
    ["aws ssm send-command --parameters commands='rm x'", 'aws > rm [x]'],
    ['aws ssm send-command --parameters \'commands=["ls", "rm x"]\'', 'aws > rm [x]'],
    ['aws ssm send-command --parameters commands=[ls,rm]', 'aws > rm'],
    ['aws ssm send-command --parameters \'{"commands":["cd a","rm x"]}\' --targets t', 'aws > rm [x]'],
    ["aws ssm start-session --parameters command='rm x'", 'aws > rm [x]'],
    ["aws ecs execute-command --cluster c --interactive --command 'rm x'", 'aws > rm [x]'],
    ["az vm run-command invoke -g g --scripts ls 'rm x' -n v", 'az > rm [x]'],
    ["az container exec -n c --exec-command 'rm x'", 'az > rm [x]'],
    ["az aks command invoke -n c --command 'rm x'", 'az > rm [x]'],
    ['az ssh vm -n v -g g -- rm x', 'az > rm [x]'],
    ["salt-call --local cmd.run 'rm x'", 'salt-call > rm [x]'],
    ["salt-ssh '*' -r 'rm x'", 'salt-ssh > rm [x]'],
    ["mussh -H hosts -c 'rm x'", 'mussh > rm [x]'],
    ["screen -S s -X stuff 'rm x\\n'", 'screen > rm [x]'],
    ["screen -X stuff 'ls^Mrm x^M'", 'screen > rm [x]'],
    ['screen -S s -X exec rm x', 'screen > rm [x]'],
    ['screen -dmS s rm x', 'screen > rm [x]'],
    ["tmux send-keys -t 0 'rm x' Enter", 'tmux > rm [x]'],
    ["autossh -M 0 h 'rm x'", 'autossh > rm [x]'],
    ["et h -c 'rm x'", 'et > rm [x]'],
    ['lxc-attach -n c -- rm x', 'lxc-attach > rm [x]'],
    ['pct exec 101 -- rm x', 'pct > rm [x]'],
    ['qm guest exec 101 -- rm x', 'qm > rm [x]'],
    ["flatpak run --command=sh org.x -c 'rm x'", 'flatpak > sh > rm [x]'],
    ['flatpak-spawn --host rm x', 'flatpak-spawn > rm [x]'],
    ["docker run --entrypoint sh img -c 'rm x'", 'docker > sh > rm [x]'],
    ["docker run --entrypoint=/bin/sh img -c 'rm x'", 'docker > sh > rm [x]'],
    ['nomad alloc exec -task t 8a rm x', 'nomad > rm [x]'],
    ["heroku run 'rm x' -a app", 'heroku > rm [x] [-a] [app]'],
    ['oc rsh pod rm x', 'oc > rm [x]'],
    ['limactl shell default rm x', 'limactl > rm [x]'],
    ['colima ssh -- rm x', 'colima > rm [x]'],
    ["minikube ssh 'rm x'", 'minikube > rm [x]'],
    ["docker-machine ssh m 'rm x'", 'docker-machine > rm [x]'],
    ["eb ssh -c 'rm x'", 'eb > rm [x]'],
    ['bwrap --ro-bind / / --bind a b rm x', 'bwrap > rm [x]'],
    ['cmd.exe /c "rm x"', 'cmd > rm [x]'],
    ['tmux if-shell -b "rm x" display', 'tmux > rm [x] [display]'],
    ['wsl.exe -u root -e rm x', 'wsl > rm [x]'],
    ['osascript -e \'tell app "Terminal" to do script "rm x"\'', 'osascript > rm [x]'],
    ['lxc exec c -- rm x', 'lxc > rm [x]'],
    ['systemd-run --user --unit=x -p A=b rm y', 'systemd-run > rm [y]'],
    ['busybox rm -rf /', 'busybox > rm [-rf] [/]'],
    ['strace -f -o log rm x', 'strace > rm [x]'],
    ['chroot --userspec=a:b /mnt rm x', 'chroot > rm [x]'],
    ['nsenter -t 1 -m -u rm x', 'nsenter > rm [x]'],
    ['unshare -r rm x', 'unshare > rm [x]'],
    ['flock -n /tmp/l rm x', 'flock > rm [x]'],
    ["flock /tmp/l -c 'rm x'", 'flock > rm [x]'],
    ["script -qc 'rm x' /dev/null", 'script > rm [x]'],
    ["tmux new -d -s a 'rm x'", 'tmux > rm [x]'],
    ["tmux send-keys -t a 'rm x' Enter", 'tmux > rm [x]'],
    ['screen -S a -dm rm x', 'screen > rm [x]'],
    ["git bisect run sh -c 'rm x'", 'git > sh > rm [x]'],
    ["git rebase -i --exec 'rm x' main", 'git > rm [x]'],
    ['poetry run rm x', 'poetry > rm [x]'],
    ['npm exec -- rm x', 'npm > rm [x]'],
    ["ansible all -b -m shell -a 'rm x'", 'ansible > rm [x]'],
    ["salt '*' cmd.run 'rm x'", 'salt > rm [x]'],
    ['proxychains4 -q rm x', 'proxychains4 > rm [x]'],
    ['xterm -title t -e rm x', 'xterm > rm [x]'],
    ["trap 'rm x' EXIT", 'trap > rm [x]'],
    ["tar cf x y --checkpoint-action=exec='rm z'", 'tar > rm [z]'],
    ["rsync -e 'ssh -p 2' a b", 'rsync > ssh [-p] [2]'],
    ["ssh -o ProxyCommand='rm x' h", 'ssh > rm [x]'],
    ["git -c alias.x='!rm y' x", 'git > rm [y]'],
    ["vim -c ':!rm x'", 'vim > rm [x]'],
    ['nc -e /bin/sh h 1', 'nc > sh'],
    ['socat tcp:h:1 exec:/bin/sh,pty', 'socat > sh'],
    [
      'sudo env A=1 timeout 5 nice ssh h "sudo bash -c \'rm x\'"',
      'sudo > env > timeout > nice > ssh > sudo > bash > rm [x]',
    ],
  ])('%s', (text, last) => {
    expect(runsLast(text)).toBe(last);
  });
});

describe('a wrapper that starts nothing is the invocation itself', () => {
  test.each([
    'sudo -l',
    'sudo -v',
    'env',
    'nohup --help',
    'command -v git',
    'exec > log',
    'time',
    'nice',
    'timeout --version',
    'busybox --list',
  ])('%s', (text) => {
    const [name] = text.split(' ');
    expect(analyse(text, 'bash').tools).toEqual([name]);
  });

  test.each([
    'ansible all -m copy -a "src=rm dest=x"',
    'kubectl get pods',
    'docker ps',
    "salt '*' test.ping",
    'chrt -p 1',
    'strace -p 12',
    'git status',
    'at -l',
  ])('%s', (text) => {
    expect(runs(text)).toHaveLength(1);
  });
});

describe('the wrappers of a command', () => {
  test('elevated means running as root', () => {
    expect(only('sudo rm x', 'rm').elevated).toBe(true);
    expect(only('sudo -u root rm x', 'rm').elevated).toBe(true);
    expect(only('sudo -u deploy rm x', 'rm').elevated).toBe(false);
    expect(only("su -c 'rm x'", 'rm').elevated).toBe(true);
    expect(only("su deploy -c 'rm x'", 'rm').elevated).toBe(false);
    expect(only('rm x', 'rm').elevated).toBe(false);
  });

  test('remote and contained are distinguished', () => {
    expect(only('ssh h rm x', 'rm')).toMatchObject({ remote: true, contained: false });
    expect(only('docker exec c rm x', 'rm')).toMatchObject({ remote: false, contained: true });
    expect(only('kubectl exec p -- rm x', 'rm')).toMatchObject({ remote: true, contained: true });
    expect(only('chroot /mnt rm x', 'rm')).toMatchObject({ contained: true });
  });

  test('a wrapper has its options and operands', () => {
    expect(only('sudo -u deploy --host=h rm x', 'rm').via[0]).toMatchObject({
      name: 'sudo',
      options: [
        ['-u', 'deploy'],
        ['--host', 'h'],
      ],
    });
    expect(only('ssh -p 22 u@h rm x', 'rm').via[0]).toMatchObject({ options: [['-p', '22']], operands: ['u@h'] });
    expect(only('find / /home -exec rm {} \\;', 'rm').via[0]).toMatchObject({
      operands: ['/', '/home'],
      options: [['-exec', null]],
    });
  });

  test('assignments given through env belong to the command', () => {
    expect(only('A=1 sudo env B=2 rm x', 'rm').assignments.map(({ name }) => name)).toEqual(['A', 'B']);
  });

  test('a prefix passes on its redirections, other programs keep them', () => {
    expect(only('sudo rm x > log', 'rm').redirections).toHaveLength(1);
    expect(only('xargs rm < list', 'rm').redirections).toHaveLength(0);
  });

  test('arguments known only at run time are marked as open', () => {
    expect(only('cat list | xargs rm', 'rm').openArguments).toBe(true);
    expect(only('find . -exec rm {} +', 'rm').openArguments).toBe(true);
    expect(only('echo a | xargs rm', 'rm').openArguments).toBe(false);
  });

  test('substitution indexes count from the command, not from its prefix', () => {
    expect(only('sudo -u root rm $(x)', 'rm').substitutions[0]?.argument).toBe(0);
  });
});
