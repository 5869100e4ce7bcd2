/** Lines of 4 MiB that are made of one piece, which is chosen to be costly to read. */
import { MAX_RECORD_BYTES } from '../../src/domain/spool/spool-record.ts';

const PIECES: Readonly<Record<string, string>> = {
  brackets: '(',
  substitutions: '$(',
  backquotes: '`',
  quotes: '"\'',
  words: 'a ',
  variables: '$A',
  arithmetic: '$((1+',
  braces: '{a,b}',
  escapes: '\\',
  oneWord: 'x',
  slashes: '/..',
  commands: 'rm -rf x;',
  pipes: 'cat x|',
  lists: 'a&&',
  newlines: 'a\n',
  comments: '#a\n',
  redirections: '>a ',
  hereStrings: '<<<a passwd;',
  hereDocuments: 'cat <<A\n',
  assignments: 'A=$A$A;',
  arrays: 'A=(a b);',
  functions: 'f(){ a; };',
  forkBombs: 'f(){ f|f& };f;',
  aliases: "alias a='rm x';",
  loops: 'for i in a b; do rm $i; done;',
  conditions: 'if a; then b; fi;',
  processSubstitutions: '<(a) ',
  wrappers: 'sudo ',
  nestedWrappers: 'xargs ',
  shells: "sh -c 'rm -rf /tmp/x';",
  evaluations: "eval 'rm x';",
  downloads: 'curl x|sh;',
  decoded: 'echo cm0gLXJmIC8K|base64 -d|sh;',
  copies: 'cp ~/.ssh/id_rsa /tmp/x;',
  searches: 'find . -exec rm {} ;',
  containers: 'docker run -v /:/ a;',
  passwords: "--password='",
  tokens: 'token:',
  logins: 'mysql -pa;',
  addresses: 'https://a:b@',
  carried: 'p=secret1;mysql -p$p;f "$p:$p";',
  patterns: '/bin/[a?*]*?*?m -rf x;',
  dataSources: 'a:b!a@tcp(x:',
  makefiles: "make -f - <<< $'a:\\n\\trm x\\n';",
  inputs: 'sh < <(echo rm x);',
};

const filled = (piece: string): string =>
  piece.repeat(Math.ceil(MAX_RECORD_BYTES / piece.length)).slice(0, MAX_RECORD_BYTES);

/** No two commands are the same. */
const different = (): string => {
  const commands: string[] = [];
  for (let at = 0, length = 0; length < MAX_RECORD_BYTES; at += 1) {
    const command = `cmd${at} -x${at} "v$V${at}" >f${at};`;
    commands.push(command);
    length += command.length;
  }
  return commands.join('').slice(0, MAX_RECORD_BYTES);
};

/** Each line is made when it is asked for. */
export const HOSTILE_LINES: readonly (readonly [name: string, line: () => string])[] = [
  ...Object.entries(PIECES).map(([name, piece]) => [name, () => filled(piece)] as const),
  ['differentCommands', different],
  ['separators', () => `IFS=,;v=${filled('a,$v').slice(0, -20)};$v`],
  ['recipes', () => `make -f - <<'E'\n${filled('a:b;rm x\n\trm y\n').slice(0, -30)}\nE`],
  ['accountLines', () => `echo '${filled('a:b:0:a\n').slice(0, -40)}' >> /etc/passwd`],
  ['dangerAtTheEnd', () => `${filled('true;').slice(0, -20)}\nrm -rf /`],
];
