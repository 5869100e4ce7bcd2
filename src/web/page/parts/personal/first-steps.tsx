import { useState } from 'preact/hooks';
import { SHELLS, type ShellKind } from '../../../../domain/events/shell-kind.ts';
import type { Status } from '../../data/contract.ts';
import { CopyButton } from '../common/copy-button.tsx';
import { Segments } from '../common/segments.tsx';

const LINES: Readonly<Record<ShellKind, { readonly file: string; readonly line: string }>> = {
  bash: { file: '~/.bashrc', line: 'eval "$(caro shell init bash)"' },
  zsh: { file: '~/.zshrc', line: 'eval "$(caro shell init zsh)"' },
  fish: { file: '~/.config/fish/config.fish', line: 'caro shell init fish | source' },
  sh: { file: '~/.profile', line: 'eval "$(caro shell init sh)"' },
};
const NAMES = Object.fromEntries(SHELLS.map((shell) => [shell, shell])) as Record<ShellKind, string>;

/**
 * What a fresh node shows: how the first command gets here. It goes away by itself when one has.
 */
export function FirstSteps({ status }: { readonly status: Status | null }) {
  const [shell, setShell] = useState<ShellKind>('bash');
  const { file, line } = LINES[shell];
  return (
    <section class="panel first" aria-labelledby="first-title">
      <div>
        <h2 id="first-title">Nothing observed yet</h2>
        <p>The service runs and waits for a shell to report. Three steps, and this page fills by itself:</p>
        <ol class="steps">
          <li>
            <p>
              Add one line to the end of <code>{file}</code>
            </p>
            <Segments label="Shell" options={SHELLS} names={NAMES} chosen={shell} onChoose={setShell} />
            <div class="with-copy">
              <pre class="command-line in-file">
                <code>{line}</code>
              </pre>
              <CopyButton text={line} />
            </div>
          </li>
          <li>
            <p>Open a new terminal. Shells that are open already do not know of the line.</p>
          </li>
          <li>
            <p>
              Type any command. If it does not show up here, <code>caro doctor</code> finds out why.
            </p>
          </li>
        </ol>
      </div>
      <Promises isMeshOff={status?.mesh.enabled === false} />
    </section>
  );
}

/** What a person wants to know before he lets something watch his shell. */
function Promises({ isMeshOff }: { readonly isMeshOff: boolean }) {
  return (
    <div class="promises">
      <h3>Yours alone</h3>
      <p>
        Everything stays in a database on this machine{isMeshOff && '; the mesh is off and nothing leaves it'}. What
        others could ever learn stands under <a href="#/privacy">Privacy</a>, before you share anything.
      </p>
      <h3>What is recorded</h3>
      <p>The text of a command, where and when it ran, how long it took and how it ended. Never what it printed.</p>
      <h3>What is not</h3>
      <p>Secrets in a command are masked before it is stored. A command that begins with a space is not recorded.</p>
    </div>
  );
}
