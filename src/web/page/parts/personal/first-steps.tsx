import { useState } from 'preact/hooks';
import { SHELLS, type ShellKind } from '../../../../domain/events/shell-kind.ts';
import type { Status } from '../../data/contract.ts';
import { CopyButton } from '../common/copy-button.tsx';
import { Segments } from '../common/segments.tsx';

const NAMES = Object.fromEntries(SHELLS.map((shell) => [shell, shell])) as Record<ShellKind, string>;

/**
 * Instructions for a new node. They disappear with the first command.
 */
export function FirstSteps({ status }: { readonly status: Status | null }) {
  const [shell, setShell] = useState<ShellKind>('bash');
  const setup = status?.setup.find((one) => one.shell === shell);
  return (
    <section class="panel first" aria-labelledby="first-title">
      <div>
        <h2 id="first-title">Nothing observed yet</h2>
        <p>The service is running and waits for a shell. After three steps this page fills by itself:</p>
        <ol class="steps">
          <li>
            {setup ? (
              <>
                <p>
                  Add one line to the end of <code>{setup.file}</code>
                </p>
                <Segments label="Shell" options={SHELLS} names={NAMES} chosen={shell} onChoose={setShell} />
                <div class="with-copy">
                  <pre class="command-line in-file">
                    <code>{setup.line}</code>
                  </pre>
                  <CopyButton text={setup.line} />
                </div>
              </>
            ) : (
              <p>
                Add the line that <code>caro init</code> prints to the start file of your shell
              </p>
            )}
          </li>
          <li>
            <p>Open a new terminal. Shells that are already open do not use it.</p>
          </li>
          <li>
            <p>
              Type any command. If it does not appear here, run <code>caro doctor</code>.
            </p>
          </li>
        </ol>
      </div>
      <Promises isMeshOff={status?.mesh?.enabled === false} />
    </section>
  );
}

/** What people ask before they let a program observe their shell. */
function Promises({ isMeshOff }: { readonly isMeshOff: boolean }) {
  return (
    <div class="promises">
      <h3>Only yours</h3>
      <p>
        Everything stays in a database on this machine{isMeshOff && '; the mesh is off, so nothing leaves it'}. Before
        you share anything, <a href="#/privacy">Privacy</a> shows what others could learn.
      </p>
      <h3>What is recorded</h3>
      <p>The text of a command, its folder, time, duration and exit status. Never its output.</p>
      <h3>What is not recorded</h3>
      <p>
        Secrets in a command are masked before it is stored. A command that starts with a space is not recorded at all.
      </p>
    </div>
  );
}
