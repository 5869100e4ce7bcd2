import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const CARO = join(__dirname, '../../bin/caro.js');
/** Words of one piece, which an expression with nested repetitions would read in many ways. */
const PIECES = ['a', '1', 'a1', 'a-', '-', '_', 'A', '.', '/', '=', ':', '%', 'ab1_', 'a.', '-a', '1-'];
const ENDS = ['_', '!', 'é', '', '1'];
const COMMANDS = [
  ...['bash <(curl x) -t W', 'curl x | bash -s -- W', 'mysql -pW', "curl -H 'Authorization: W'", 'curl -u W x'],
  ...['export A_TOKEN=W', 'sshpass -p W ssh a', 'git clone https://W@x/y', 'az cosmosdb --primary-key W'],
  ...['docker login -p W', 'vault login W', 'kubectl create secret generic a --from-literal=W', 'cat <<< W'],
  ...['echo W | base64', 'W', 'rm W', 'alias W=x', "sed 's/W/x/' a", 'cd W && ls', 'A=W; echo $A'],
];

test.each([60, 3_000])(
  'words of %i characters that repeat one piece are read at once, wherever they stand',
  (length) => {
    const lines = COMMANDS.flatMap((command) =>
      PIECES.flatMap((piece) =>
        ENDS.map((end) => command.replace('W', () => piece.repeat(Math.ceil(length / piece.length)) + end)),
      ),
    );
    const input = lines.map((command, id) => `${JSON.stringify({ id: String(id), command })}\n`).join('');
    // A separate process, because nothing inside of one can stop an expression that does not end.
    const { status, stdout } = spawnSync(process.execPath, [CARO, 'assess', '--jsonl'], {
      input,
      encoding: 'utf8',
      timeout: 120_000,
      maxBuffer: 2 ** 27,
    });
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(lines.length);
  },
);
