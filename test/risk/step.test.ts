/** How rules read the words of a program. */
import { describe, expect, test } from '@jest/globals';
import { pipedText, REDIRECTION_ONLY, type Step, stepsOf, upstream } from '../../src/risk/step.ts';
import { analyse } from '../../src/shell/analyse.ts';

const steps = (command: string, cwd?: string): readonly Step[] =>
  stepsOf(analyse(command, 'bash'), cwd === undefined ? {} : { cwd });
const only = (command: string, cwd?: string): Step => {
  const [step, ...more] = steps(command, cwd);
  if (!step || more.length > 0) throw new Error(`expected one step in: ${command}`);
  return step;
};

describe('flag', () => {
  test.each([
    ['rm -rf x', '-f', true],
    ['rm -rf x', '-r', true],
    ['rm -r x', '-f', false],
    ['rm --force x', '--force', true],
    ['rm --forc x', '--force', true],
    ['rm --force=x y', '--force', true],
    ['rm --forceful x', '--force', false],
    ['rm -- x', '--force', false],
    ['rm -force', '--force', false],
    ['find . -delete', '-delete', true],
    ['find . -deleted', '-delete', false],
    ['find . -d', '-delete', false],
    ['dd of=x', 'of', true],
    ['dd ofx', 'of', false],
    ['x -a-f', '-f', false],
    ['x f', '-f', false],
    ['x -1f', '-f', true],
  ])('%s has %s: %s', (command, name, expected) => {
    expect(only(command).flag(name)).toBe(expected);
  });
  test('asks for any of several', () => {
    expect(only('rm -i x').flag('-f', '-i')).toBe(true);
    expect(only('rm x').flag('-f', '-i')).toBe(false);
  });
});

describe('value', () => {
  test.each([
    ['x -o a', ['-o'], 'a'],
    ['x -oa', ['-o'], 'a'],
    ['x -o=a', ['-o'], 'a'],
    ['x --out a', ['--out'], 'a'],
    ['x --out=a', ['--out'], 'a'],
    ['x --outa', ['--out'], undefined],
    ['x --out', ['-o', '--out'], undefined],
    ['x -out a', ['-out'], 'a'],
    ['x -outa', ['-out'], undefined],
    ['x --oa', ['-o'], undefined],
    ['x -p 1 -o 2', ['-o', '-p'], '1'],
    ['x', ['-o'], undefined],
  ])('%s of %j: %s', (command, names, expected) => {
    expect(only(command).value(...names)).toBe(expected);
  });
});

describe('operands, subcommands and what follows', () => {
  test.each([
    ['git push -f origin main', ['push', 'origin', 'main']],
    ['git -C dir push', ['push']],
    ['git checkout -- -f x', ['checkout', '-f', 'x']],
    ['kubectl -n prod delete pod x', ['delete', 'pod', 'x']],
  ])('%s: %j', (command, expected) => {
    expect(only(command).operands).toEqual(expected);
  });
  test('the subcommand path ends before --', () => {
    expect(only('git checkout main -- a b').path).toEqual(['checkout', 'main']);
    expect(only('git checkout main').path).toEqual(['checkout', 'main']);
    expect(only('git -- a').path).toEqual([]);
  });
  test('sub compares words of the path in order, each with alternatives', () => {
    const step = only('aws s3 rm s3://x');
    expect(step.sub('s3', 'rb|rm')).toBe(true);
    expect(step.sub('s3', 'rb')).toBe(false);
    expect(step.sub('rm')).toBe(false);
    expect(step.sub('s3', 'rm', 's3://x', 'more')).toBe(false);
    expect(step.after(2)).toEqual(['s3://x']);
    expect(step.some(/^s3:/)).toBe(true);
    expect(step.some(/^gs:/)).toBe(false);
  });
});

describe('files', () => {
  test('are those of redirections, of the tool and of code', () => {
    expect(only('tee -a a > b').writes).toEqual([
      { path: 'b', mode: 'overwrite' },
      { path: 'a', mode: 'append' },
    ]);
    expect(only("python3 -c \"open('a','w')\"").writes).toEqual([{ path: 'a', mode: 'overwrite' }]);
    expect(only('cat a < b').reads).toEqual(['b', 'a']);
    expect(only('unknown a < b').reads).toEqual(['b']);
    expect(only('true').reads).toEqual([]);
  });
  test('of a wrapper are only its own', () => {
    const [sudo, echo] = steps('sudo echo x > /etc/a');
    expect(sudo?.isWrapper).toBe(true);
    expect(sudo?.writes).toEqual([]);
    expect(echo?.writes).toEqual([{ path: '/etc/a', mode: 'overwrite' }]);
  });
  test('are located by the directory of the line', () => {
    const [, write] = steps('cd /etc && echo x > a');
    expect(write?.writes).toEqual([{ path: '/etc/a', mode: 'overwrite' }]);
    expect(write?.writesAsNamed).toEqual([{ path: 'a', mode: 'overwrite' }]);
    expect(only('echo x > a', '/etc').writes[0]?.path).toBe('/etc/a');
    expect(only('echo x > ../b', '/etc').writes[0]?.path).toBe('/b');
    expect(only('echo x > a', '/home/ann').writes[0]?.path).toBe('a');
  });
  test.each([
    ['/b', '/b'],
    ['~/b', '~/b'],
    ['$x/b', '$x/b'],
    ['host:b', 'host:b'],
    ['-b', '-b'],
    ['', ''],
    ['b', '/a/b'],
    ['./b', '/a/b'],
    ['../b', '/b'],
  ])('%s is located as %s', (path, expected) => {
    expect(steps('cd /a && x')[1]?.located(path)).toBe(expected);
  });
  test('stay as named after a change to an unknown directory', () => {
    expect(steps('cd "$d" && x')[1]?.located('b')).toBe('b');
    expect(steps('cd a && x', '/srv')[1]?.located('b')).toBe('/srv/a/b');
    expect(steps('cd a && x')[1]?.located('b')).toBe('a/b');
  });
});

describe('a program', () => {
  test('has its canonical name and family, and its own name if it is not known', () => {
    expect(only('python3.12 x')).toMatchObject({ name: 'python3.12', tool: 'python' });
    expect(only('own x')).toMatchObject({ name: 'own', tool: 'own', family: 'other' });
    expect(only('git log').family).toBe('git');
    expect(only('own -m pip x')).toMatchObject({ tool: 'own', args: ['-m', 'pip', 'x'] });
    expect(only('python3 pip x')).toMatchObject({ tool: 'python', args: ['pip', 'x'] });
    expect(only('python3')).toMatchObject({ tool: 'python', args: [] });
    expect(only('python3 -m')).toMatchObject({ tool: 'python', args: ['-m'] });
  });
  test('knows whether it runs as root, and where its paths lead', () => {
    expect(only('own x').elevated).toBe(false);
    expect(steps('sudo own x').at(-1)?.elevated).toBe(true);
    expect(only('own x').kind('/etc')).toBe('system');
    expect(only('own x', '/etc').kind('x')).toBe('system-part');
  });
  test('names the sources and the target of a copy, and the secrets that it reads', () => {
    expect(only('cp a b c').transfer).toEqual({ sources: ['a', 'b'], target: 'c' });
    expect(only('cp -t c a b').transfer).toEqual({ sources: ['a', 'b'], target: 'c' });
    expect(only('cp a').transfer).toEqual({ sources: ['a'], target: undefined });
    expect([...only('cat ~/.ssh/id_rsa ~/.aws/credentials').secrets]).toEqual(['key', 'credentials']);
    expect([...only('cat a').secrets]).toEqual([]);
    expect([...only('cat shadow', '/etc').secrets]).toEqual(['hashes']);
  });
  test('reads only what comes in, and writes only what goes out', () => {
    expect(only('own 2> a < b').reads).toEqual(['b']);
    expect(only('own 2> a < b').writes).toEqual([{ path: 'a', mode: 'overwrite' }]);
    expect(only('own >> a').writes).toEqual([{ path: 'a', mode: 'append' }]);
  });
});

describe('code without what it only prints', () => {
  test.each([
    ['python3 -c \'print("rm -rf /")\'', ' '],
    ['python3 -c \'print( "a" ) ; x\'', '  ; x'],
    ['ruby -e \'puts "rm -rf /"; x\'', ' ; x'],
    ['ruby -e \'puts"a"\'', ' '],
    ['php -r \'echo "a";\'', ' ;'],
    ['perl -e \'say "a\\"b"; x\'', ' ; x'],
    ['lua -e "println(\'a\') x"', '  x'],
    ['node -e "console.log(\'a\'); x"', ' ; x'],
    ['node -e "console.error(\'a\')"', ' '],
    ['node -e "process.stdout.write(\'a\')"', ' '],
    ["python3 -c \"logging.warning('a'); sys.stdout.write('b')\"", ' ;  '],
    ['node -e "console.table(\'a\')"', "console.table('a')"],
    ['python3 -c "print(a)"', 'print(a)'],
    ['python3 -c "imprint(\'a\')"', "imprint('a')"],
  ])('%s', (command, code) => {
    expect(only(command).code).toBe(code);
  });
  test('is that of the program, not of its wrapper', () => {
    expect(steps("sudo python3 -c 'x()'").map(({ code }) => code)).toEqual(['', 'x()']);
    expect(only('own x').code).toBe('');
  });
});

describe('steps of a line', () => {
  test('an alias is no step, and the body of an inner function is one', () => {
    expect(steps("alias k='own x'\nk y").map(({ name }) => name)).not.toContain('k');
    expect(steps('f() { g() { own; }; }').map(({ name }) => name)).toEqual(['own']);
  });
  test('a redirection without a program runs with nothing, on this machine', () => {
    const { invocation } = only('> a');
    expect(invocation).toMatchObject({
      args: [],
      assignments: [],
      via: [],
      elevated: false,
      remote: false,
      contained: false,
      input: { kind: 'inherited' },
      background: false,
      inLoop: false,
      endless: false,
      topLevel: true,
      openArguments: false,
      substitutions: [],
      referencedTexts: [],
    });
    expect(only('> a').args).toEqual([]);
  });

  test('are wrappers and programs in order, a wrapper of several programs once', () => {
    expect(steps('sudo sh -c "a; b"').map(({ name, isWrapper }) => [name, isWrapper])).toEqual([
      ['sudo', true],
      ['sh', false],
      ['sh', true],
      ['a', false],
      ['b', false],
    ]);
  });
  test('leave out functions and aliases, but not their bodies', () => {
    expect(steps('f() { a; }; f').map(({ name }) => name)).toEqual(['f', 'a', 'a']);
  });
  test('include the package that a runner starts, and the module of python', () => {
    expect(steps('npx prisma migrate reset').map(({ name }) => name)).toEqual(['npx', 'prisma']);
    expect(steps('npx --yes prisma x').at(-1)?.args).toEqual(['x']);
    expect(steps('pnpm exec knex x').map(({ name }) => name)).toContain('knex');
    expect(steps('pnpm add knex').map(({ name }) => name)).toEqual(['pnpm']);
    expect(steps('pipx run black x').map(({ name }) => name)).toEqual(['pipx', 'black']);
    expect(steps('pipx install black').map(({ name }) => name)).toEqual(['pipx']);
    expect(steps('make exec x').map(({ name }) => name)).toEqual(['make']);
    expect(steps('npx').map(({ name }) => name)).toEqual(['npx']);
    expect(only('python3 -m pip install x')).toMatchObject({ tool: 'pip', args: ['install', 'x'] });
    expect(only('python3 -m own x')).toMatchObject({ tool: 'python', args: ['-m', 'own', 'x'] });
  });
  test('include redirections without a program', () => {
    expect(only('> a')).toMatchObject({ tool: REDIRECTION_ONLY, isWrapper: false });
    expect(only('> a').invocation.conditional).toBe(false);
    expect(steps('{ a; } > b').at(-1)?.invocation.conditional).toBe(true);
    expect(steps('a').map(({ tool }) => tool)).toEqual(['a']);
  });
  test('on another machine or in a container know nothing of the directory here', () => {
    expect(steps('ssh h x', '/etc').at(0)?.pathContext).toEqual({ cwd: '/etc' });
    expect(steps('ssh h x', '/etc').at(-1)?.pathContext).toEqual({});
    expect(steps('docker exec c x', '/etc').at(-1)?.pathContext).toEqual({});
  });
});

describe('what comes through a pipe', () => {
  test('is the known text of the program before, or of the input', () => {
    const last = (command: string): string => pipedText(analyse(command, 'bash').invocations.at(-1) ?? fail());
    expect(last('echo a | sort')).toBe('a\n');
    expect(last('sort <<< a')).toBe('a');
    expect(last('sort <<E\na\nE')).toBe('a\n');
    expect(last('curl x | sort')).toBe('');
    expect(last('sort < a')).toBe('');
    expect(last('sort')).toBe('');
  });
  test('comes from all programs before, the nearest last', () => {
    const sources = (command: string): readonly string[] =>
      upstream(analyse(command, 'bash').invocations.at(-1) ?? fail()).map(({ tool }) => tool);
    expect(sources('a | b | c')).toEqual(['a', 'b']);
    expect(sources('{ a; b; } | c')).toEqual(['a', 'b']);
    expect(sources('c')).toEqual([]);
    expect(sources('c < x')).toEqual([]);
    expect(sources(`${'a | '.repeat(70)}c`).length).toBe(50);
  });
});

/** The line has no program. */
function fail(): never {
  throw new Error('expected a program');
}
