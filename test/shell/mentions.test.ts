import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';

describe('a command that is only mentioned is not an invocation', () => {
  test.each([
    'git commit -m "rm -rf /"',
    "git commit -m 'do not $(rm -rf /) here'",
    'echo rm -rf /',
    "echo 'a; rm -rf /'",
    'grep -rn "rm -rf" .',
    'ls # rm -rf /',
    'cat <<EOF\nrm -rf /\nEOF',
    "tee x <<'EOF'\n$(rm -rf /)\nEOF",
    'MSG="rm -rf /"; echo "$MSG"',
    "printf '%s\\n' 'rm -rf /' >> notes.md",
    'head rm -rf /',
    'man rm',
    'which rm',
    'command -v rm',
    'type rm',
    "alias x='rm -rf /'",
    "sed 's/rm/ls/' x",
    'touch "rm -rf"',
    '[ "$x" = \'rm -rf /\' ]',
    '[[ $x == "rm -rf /" ]]',
    'case "rm -rf /" in rm*) echo;; esac',
    'x=(rm -rf /)',
    'export CMD="rm -rf /"',
    'gh issue create --title x --body "rm -rf /"',
    'awk \'{print "rm -rf /"}\' x',
    'sudo -l rm',
    'function rm_all { echo; }',
    'curl -d "rm -rf /" http://h',
    'ssh h echo rm -rf /',
    "bash -c 'echo rm -rf /'",
    'echo "`echo rm -rf /`"',
    'pgrep rm',
    "find . -name 'rm' -print",
    'rsync -a rm/ x/',
  ])('%j', (text) => {
    const { invocations } = analyse(text, 'bash');
    expect(invocations.filter(({ tool }) => tool === 'rm')).toEqual([]);
  });
});
