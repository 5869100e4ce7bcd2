import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';
import { only, runs } from './oracles/transcript.ts';

describe('every command of a construct is found', () => {
  test.each<[string, string[]]>([
    ['a; b & c && d || e', ['a', 'b', 'c', 'd', 'e']],
    ['a | b |& c', ['a', 'b', 'c']],
    ['! a && (b; c) | { d; e; }', ['a', 'b', 'c', 'd', 'e']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e']],
    ['while a; do b; done; until c; do d; done', ['a', 'b', 'c', 'd']],
    ['for x in 1 2; do a; done', ['a']],
    ['for ((i=0; i<$(n); i++)); do a; done', ['n', 'a']],
    ['select x in a b; do c; done', ['c']],
    ['case $x in (a) b;; c|d) e;& *) f;;& esac', ['b', 'e', 'f']],
    ['[[ -f $(a) && x == y* ]] && b', ['a', '[[', 'b']],
    ['(( x > $(a) )) || b', ['a', 'b']],
    ['x=$(a) y=`b` c', ['a', 'b', 'c']],
    ['x=(1 $(a) 3); b', ['a', 'b']],
    ['declare -a x=(1 2); a', ['declare', 'a']],
    ['a <(b) >(c)', ['b', 'c', 'a']],
    ['a "$(b "$(c)")"', ['c', 'b', 'a']],
    ['a ${x:-$(b)}', ['b', 'a']],
    ['a $((1+$(b)))', ['b', 'a']],
    ['a `b \\`c\\``', ['c', 'b', 'a']],
    ['a > $(b)', ['b', 'a']],
    ['time (a; b)', ['a', 'b']],
    ['coproc N { a; }', ['a']],
    ['a\\\n b\nc', ['a', 'c']],
    ['a &&\n# note\nb |\nc', ['a', 'b', 'c']],
    ['$((a) | (b))', ['a', 'b', '$((a) | (b))']],
    ['echo ${ a; }', ['a', 'echo']],
  ])('%s', (text, tools) => {
    expect(analyse(text, 'bash').invocations.map(({ tool }) => tool)).toEqual(tools);
  });
});

describe('a redirection', () => {
  test('has its descriptor, operator and target', () => {
    const { redirections } = only('a <in >out 2>>log 3<>rw &>all >|force 2>&1 {fd}>x <<<here', 'a');
    expect(redirections.map(({ fd, operator, target }) => `${fd} ${operator} ${target.text}`)).toEqual([
      '0 < in',
      '1 > out',
      '2 >> log',
      '3 <> rw',
      '1 &> all',
      '1 >| force',
      '2 >& 1',
      'fd > x',
      '0 <<< here',
    ]);
  });

  test('may precede the command, or have none', () => {
    expect(runs('>out a b')).toEqual(['a [b]']);
    expect(analyse('> /etc/passwd', 'bash').redirections.map(({ target }) => target.text)).toEqual(['/etc/passwd']);
    expect(analyse('{ a; } > x', 'bash').redirections.map(({ target }) => target.text)).toEqual(['x']);
  });

  test('does not take a digit that belongs to a word', () => {
    expect(runs('echo a2>x')).toEqual(['echo [a2]']);
  });
});

describe('a here-document', () => {
  test('is input of the command before it', () => {
    const text = 'cat <<EOF | wc\nrm -rf /\nEOF\nls';
    expect(runs(text)).toEqual(['cat', 'wc', 'ls']);
    expect(only(text, 'cat').input).toMatchObject({ kind: 'here-document', text: 'rm -rf /\n' });
  });

  test('runs its substitutions unless its delimiter is quoted', () => {
    expect(runs('cat <<EOF\n$(a)\nEOF')).toEqual(['a', 'cat']);
    expect(runs("cat <<'EOF'\n$(a)\nEOF")).toEqual(['cat']);
    expect(runs('cat <<\\EOF\n`a`\nEOF')).toEqual(['cat']);
  });

  test('loses its leading tabs with <<-', () => {
    expect(only('cat <<-EOF\n\t\ta\n\tEOF\n', 'cat').input).toMatchObject({ text: 'a\n' });
  });

  test('may be one of several on a line, and may be in a substitution', () => {
    const { invocations } = analyse('a <<X <<Y\n1\nX\n2\nY\necho "$(cat <<Z\n3\nZ\n)"', 'bash');
    expect(invocations.map(({ tool }) => tool)).toEqual(['a', 'cat', 'echo']);
    expect(invocations[0]?.redirections.map(({ body }) => body?.text)).toEqual(['1\n', '2\n']);
    expect(invocations[2]?.args.map(({ value }) => value)).toEqual(['3']);
  });
});

describe('the context of a command', () => {
  test('after && or || and in branches it may not run', () => {
    const conditional = (text: string) => analyse(text, 'bash').invocations.map((one) => one.conditional);
    expect(conditional('a && b; c')).toEqual([false, true, false]);
    expect(conditional('if a; then b; fi')).toEqual([false, true]);
    expect(conditional('case x in x) a;; esac')).toEqual([true]);
  });

  test('loops, background and functions are recorded', () => {
    expect(only('while a; do b; done', 'b').inLoop).toBe(true);
    expect(only('(a; b) & c', 'b').background).toBe(true);
    expect(only('(a; b) & c', 'c').background).toBe(false);
    expect(analyse('f() { a; }', 'bash').functions[0]).toMatchObject({
      name: 'f',
      invocations: [{ tool: 'a', inFunction: 'f' }],
    });
  });

  test('a pipe links its writers and its reader', () => {
    const { invocations } = analyse('curl x | tee y | sh', 'bash');
    const [curl, tee, sh] = invocations;
    expect(curl?.pipesTo).toBe(tee);
    expect(tee?.pipesTo).toBe(sh);
    expect(sh?.pipesTo).toBeNull();
    expect(sh?.input).toMatchObject({ kind: 'pipe', from: [tee] });
    expect(tee?.input).toMatchObject({ kind: 'pipe', from: [curl] });
  });

  test('a command in a group reads the pipe into the group', () => {
    expect(only('curl x | { read y; sh; }', 'sh').input.kind).toBe('pipe');
    expect(only('while read x; do rm "$x"; done < list', 'rm').input).toMatchObject({
      kind: 'file',
      word: { text: 'list' },
    });
  });

  test('substitutions in its words are recorded', () => {
    const evaluated = only('eval "$(curl -s x)"', 'eval');
    expect(evaluated.substitutions).toMatchObject([{ kind: 'command', argument: 0, invocations: [{ tool: 'curl' }] }]);
    expect(only('sudo bash <(wget x)', 'bash').substitutions).toMatchObject([
      { kind: 'process', argument: 0, invocations: [{ tool: 'wget' }] },
    ]);
  });
});

test('a fork bomb is a function that pipes into itself in the background', () => {
  const [bomb] = analyse(':(){ :|:& };:', 'bash').functions;
  expect(bomb?.invocations.map(({ tool, background, pipesTo }) => [tool, background, pipesTo?.tool])).toEqual([
    [':', true, ':'],
    [':', true, undefined],
  ]);
});
