import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';
import { only, runs, runsLast } from './oracles/transcript.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

describe('text given to a shell is parsed', () => {
  test.each<[string, string]>([
    ["echo 'rm -rf /' | sh", 'sh > rm [-rf] [/]'],
    ["printf '\\x72\\x6d -rf /' | bash", 'bash > rm [-rf] [/]'],
    ["printf '%s %s\\n' rm x | sh", 'sh > rm [x]'],
    [`echo ${encoded('rm -rf /')} | base64 -d | sh`, 'sh > rm [-rf] [/]'],
    [`base64 --decode <<< ${encoded('rm x')} | sudo bash`, 'sudo > bash > rm [x]'],
    [`echo ${Buffer.from('rm x').toString('hex')} | xxd -r -p | sh`, 'sh > rm [x]'],
    ["echo 'x mr' | rev | sh", 'sh > rm [x]'],
    ["echo 'ez k' | tr a-z n-za-m | sh", 'sh > rm [x]'],
    ['bash <<EOF\nrm $HOME\nEOF', 'bash > rm [$HOME]'],
    ["ssh h <<'EOF'\nrm x\nEOF", 'ssh > rm [x]'],
    ['sudo -s <<EOF\nrm x\nEOF', 'sudo > rm [x]'],
    ['su - <<< "rm x"', 'su > rm [x]'],
    ['docker exec -i c sh <<EOF\nrm x\nEOF', 'docker > sh > rm [x]'],
    ["echo 'rm x' | at now", 'at > rm [x]'],
    ['cat <<EOF | sh\nrm x\nEOF', 'sh > rm [x]'],
    ["echo 'rm x' | tee log | bash -s", 'bash > rm [x]'],
    ['bash <(echo rm x)', 'bash > rm [x]'],
    ['source /dev/stdin <<< "rm x"', 'source > rm [x]'],
    ['eval "$(echo rm x)"', 'eval > rm [x]'],
    ["echo 'rm x' > s.sh; sh s.sh", 'sh > rm [x]'],
    ['cat > s.sh <<EOF && bash ./s.sh\nrm x\nEOF', 'bash > rm [x]'],
    ["echo 'rm x' | tee s > /dev/null; chmod +x s; ./s", 'script > rm [x]'],
    ["echo 'rm x' > s; cat s | sh", 'sh > rm [x]'],
    ["echo 'rm x' > s; bash < s", 'bash > rm [x]'],
    ["echo ls > s; echo 'rm x' >> s; . ./s", '. > rm [x]'],
    ["echo '* * * * * rm x' | crontab -", 'crontab > rm [x]'],
    ["(crontab -l; echo '@daily rm x') | crontab -", 'crontab > rm [x]'],
    ["(cat head; echo 'rm x') | bash", 'bash > rm [x]'],
    ["F=$(mktemp); echo 'rm x' > $F; sh $F", 'sh > rm [x]'],
    ['F=$(mktemp); echo \'rm x\' > "$F"; chmod +x $F; ${F}', 'script > rm [x]'],
    ['D=$(mktemp -d); echo \'rm x\' > "$D/a.sh"; . $D/a.sh', '. > rm [x]'],
    ['echo \'import os; os.system("rm x")\' > a.py; python3 a.py', 'python3 > rm [x]'],
    ['echo \'import os; os.system("rm x")\' > a.py; python3 < a.py', 'python3 > rm [x]'],
    ['GIT_SSH_COMMAND=\'sh -c "rm x"\' git fetch', 'variable > sh > rm [x]'],
    ["sudo PAGER='rm x; less' man ls", 'sudo > variable > less'],
    ["PROMPT_COMMAND='curl -s h | sh' bash -i", 'variable > sh'],
  ])('%s', (text, last) => {
    expect(runsLast(text)).toBe(last);
  });

  test.each([
    ["EDITOR='code --wait' git commit", 'git'],
    ["PAGER='less -R' git log", 'git'],
    ["echo 'rm x' > $F; F=other; sh other", 'sh'],
    ["echo 'rm x' > a.txt; python3 b.py", 'python3'],
  ])('%s starts nothing else', (text, tool) => {
    expect(analyse(text, 'bash').invocations.at(-1)?.tool).toBe(tool);
  });

  test('unknown parts are left open', () => {
    const { input } = only('curl -s x | sh', 'sh');
    expect(input).toMatchObject({ kind: 'pipe', output: null, from: [{ tool: 'curl' }] });
    expect(runs('cat script | sh')).toEqual(['cat [script]', 'sh']);
    expect(runs('echo ls > s; curl -o t x > s; sh s').at(-1)).toBe('sh [s]');
  });
});

describe('known values of the line are substituted', () => {
  test.each<[string, string]>([
    ['x=rm; $x -rf /', 'rm [-rf] [/]'],
    ['x="rm -rf"; $x /', 'rm [-rf] [/]'],
    ['a=r; b=m; $a$b x', 'rm [x]'],
    ['export X=rm && "$X" y', 'rm [y]'],
    ['x=/tmp; rm $x/..', 'rm [/tmp/..]'],
    ['x=xrmx; ${x:1:2} y', 'rm [y]'],
    ['x=RM; ${x,,} y', 'rm [y]'],
    ['x=; rm ${x:-/}', 'rm [/]'],
    ['x+=r; x=a; x+=b; rm $x', 'rm [ab]'],
    ['$(echo rm) x', 'rm [x]'],
    ['`printf rm` x', 'rm [x]'],
    ['$(which rm) x', 'rm [x]'],
    ['rm${IFS}-rf${IFS}/', 'rm [-rf] [/]'],
    ['{rm,-rf,/}', 'rm [-rf] [/]'],
    ['rm x{1..3}', 'rm [x1] [x2] [x3]'],
    ['rm {a,b}{c,d}', 'rm [ac] [ad] [bc] [bd]'],
    ['alias ll="rm -rf"; ll /', 'alias > rm [-rf] [/]'],
    ['f() { rm -rf "$1"; }; f /', 'function > rm [-rf] [/]'],
    ['f() { rm "$@"; }; f a b', 'function > rm [a] [b]'],
    ['for d in / /home; do rm $d; done', 'rm [/home]'],
    ['echo / | xargs rm -rf', 'xargs > rm [-rf] [/]'],
    ["echo / | xargs -I{} sh -c 'rm {}'", 'xargs > sh > rm [/]'],
    ["echo 'rm -rf /' | xargs -I{} bash -c {}", 'xargs > bash > rm [-rf] [/]'],
    ["printf 'a\\nb\\n' | xargs -n 1 rm", 'xargs > rm [b]'],
    ['r$@m x', 'rm [x]'],
    ['r"$*"m x', 'rm [x]'],
    ['${unset:-rm} x', 'rm [x]'],
    ['/bin/r[m] x', 'rm [x]'],
    ['rm -rf ${HOME:0:1}', 'rm [-rf] [/]'],
    ['a=(rm -rf /); "${a[@]}"', 'rm [-rf] [/]'],
    ['a=(ls rm); ${a[1]} x', 'rm [x]'],
    ['set -- rm -rf /; "$@"', 'rm [-rf] [/]'],
    ['read c <<< "rm"; $c x', 'rm [x]'],
    ['printf -v c rm; $c x', 'rm [x]'],
    ['SHELL=x; $SHELL', 'x'],
    ['$SHELL -c "rm x"', '$SHELL > rm [x]'],
  ])('%s', (text, last) => {
    expect(runsLast(text).replace(/^sh >/, '$SHELL >')).toBe(last);
  });

  test('an unknown variable stays as written', () => {
    expect(runs('rm "$UNSET/"')).toEqual(['rm [$UNSET/]']);
    expect(runs('read x; rm $x')).toEqual(['read [x]', 'rm [$x]']);
    expect(runs('rm ${x:-/}')).toEqual(['rm [${x:-/}]']);
    expect(runs('unset x; x=a; unset x; rm $x').at(-1)).toBe('rm [$x]');
  });
});

describe('offsets of a payload refer to the line', () => {
  test.each<[string, string, string]>([
    ["ssh h 'mysql -pSECRET db'", 'mysql', '-pSECRET'],
    ['bash -c "curl -u me:SECRET x"', 'curl', 'me:SECRET'],
    ['bash <<EOF\ncurl -u me:SECRET x\nEOF', 'curl', 'me:SECRET'],
    ['su -c \'sh -c "login --token=SECRET"\'', 'login', '--token=SECRET'],
    ['bash -c "echo \\"a\\"; login SECRET"', 'login', 'SECRET'],
    ['eval login SECRET', 'login', 'SECRET'],
  ])('%s', (text, tool, secret) => {
    const word = only(text, tool).args.find((arg) => arg.text === secret);
    expect(word).toBeDefined();
    expect(text.slice(word?.start, word?.end)).toBe(secret);
    expect(word?.exact).toBe(true);
  });

  test('offsets of a decoded payload are those of its origin', () => {
    const text = `echo ${encoded('login SECRET')} | base64 -d | sh`;
    const [word] = only(text, 'login').args;
    expect(word).toMatchObject({ text: 'SECRET', exact: false });
    expect(text.slice(word?.start, word?.end)).toBe('sh');
  });

  test('a conditional has the place of its brackets, and in a decoded payload that of its origin', () => {
    const placeIn = (text: string): readonly [boolean, string] => {
      const { name } = only(text, '[[');
      return [name.exact, text.slice(name.start, name.end)];
    };
    expect(placeIn('true; [[ -f x ]]')).toEqual([true, '[[']);
    expect(placeIn('time [[ -f x ]]')).toEqual([true, '[[']);
    expect(placeIn("bash -c '[[ -f x ]]'")).toEqual([true, '[[']);
    expect(placeIn('parallel <<<"[[ -f x ]]"')[0]).toBe(false);
  });
});

describe('program text of an interpreter', () => {
  test.each<[string, string, string]>([
    ['python3 -c "import os"', 'python', 'import os'],
    ['python - <<EOF\nimport os\nEOF', 'python', 'import os\n'],
    ['echo "print(1)" | python', 'python', 'print(1)\n'],
    ["perl -ne 'print' x", 'perl', 'print'],
    ["perl -we 'a' -e 'b'", 'perl', 'a\nb'],
    ["node -pe 'x'", 'node', 'x'],
    ['node -p 1+1', 'node', '1+1'],
    ["awk -F: '{print $1}' x", 'awk', '{print $1}'],
    ["php -r 'x();'", 'php', 'x();'],
    ['psql -h h -c "DROP TABLE x"', 'sql', 'DROP TABLE x'],
    ['mysql db -e "SELECT 1"', 'sql', 'SELECT 1'],
    ['sqlite3 x.db "SELECT 1"', 'sql', 'SELECT 1'],
    ["osascript -e 'a' -e 'b'", 'applescript', 'a\nb'],
    ['ruby2.7 -e x', 'ruby', 'x'],
  ])('%s', (text, language, code) => {
    expect(analyse(text, 'bash').invocations.at(-1)?.code).toMatchObject({ language, text: code });
  });

  test.each(['python x.py', 'node app.js', 'awk -f x.awk y', 'python -m http.server', 'psql -f x.sql'])(
    'is absent in %s',
    (text) => {
      expect(analyse(text, 'bash').invocations.at(-1)?.code).toBeNull();
    },
  );

  test.each<[string, string]>([
    ['python -c \'import os; os.system("rm x")\'', 'python > rm [x]'],
    ['python -c \'import subprocess as s; s.check_call(["rm", "-rf", "/"])\'', 'python > rm [-rf] [/]'],
    ['python -c \'import subprocess; subprocess.run("rm x", shell=True)\'', 'python > rm [x]'],
    ['python -c \'import os; os.execl("/bin/rm", "rm", "x")\'', 'python > rm [x]'],
    ['python -c \'import pty; pty.spawn("/bin/bash")\'', 'python > bash'],
    ['perl -e \'system("rm x")\'', 'perl > rm [x]'],
    ['perl -e \'exec "rm", "x";\'', 'perl > rm [x]'],
    ["perl -e '`rm x`'", 'perl > rm [x]'],
    ['ruby -e \'system "rm x"\'', 'ruby > rm [x]'],
    ["ruby -e '%x(rm x)'", 'ruby > rm [x]'],
    ['node -e \'require("child_process").execSync("rm x")\'', 'node > rm [x]'],
    ['node -e \'require("child_process").spawn("rm", ["x"])\'', 'node > rm [x]'],
    ['php -r \'shell_exec("rm x");\'', 'php > rm [x]'],
    ['awk \'BEGIN { system("rm x") }\'', 'awk > rm [x]'],
    ['awk \'BEGIN { "rm x" | getline }\'', 'awk > rm [x]'],
    ['lua -e \'os.execute("rm x")\'', 'lua > rm [x]'],
    ['osascript -e \'do shell script "rm x"\'', 'osascript > rm [x]'],
    ['R -e \'system("rm x")\'', 'R > rm [x]'],
    [
      `python -c 'exec(__import__("base64").b64decode("${encoded('import os; os.system("rm x")')}"))'`,
      'python > rm [x]',
    ],
    ['python <<EOF\nimport os\nos.system("rm x")\nEOF', 'python > rm [x]'],
  ])('starts what %s contains', (text, last) => {
    expect(runsLast(text)).toBe(last);
  });

  test.each([
    'python -c \'exec("import os")\'',
    'python -c \'cursor.execute("DROP TABLE x")\'',
    'node -e \'/x/.exec("rm x")\'',
    'python -c \'print("rm -rf /")\'',
    "awk '/rm -rf/ {print}' log",
    'psql -c "select system(\'x\')"',
  ])('starts nothing in %s', (text) => {
    expect(runs(text)).toHaveLength(1);
  });
});
