import { useState } from 'preact/hooks';
import { Panel } from '../common/panel.tsx';

/** The service reads no more of a rule. */
const MAX_CHARACTERS = 65_536;

interface DraftPanelProps {
  readonly isBusy: boolean;
  readonly onReplay: (text: string) => void;
}

/** Tries a rule that is in no file yet. Nothing is stored. */
export function DraftPanel({ isBusy, onReplay }: DraftPanelProps) {
  const [text, setText] = useState('');
  return (
    <Panel title="Try a rule" class="span-12">
      <label class="draft">
        <span class="quiet">A Sigma rule for process_creation. It is tried on this node only, and not kept.</span>
        <textarea
          rows={10}
          spellcheck={false}
          maxLength={MAX_CHARACTERS}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="button" disabled={isBusy || text.trim() === ''} onClick={() => onReplay(text)}>
        Try it on the history
      </button>
    </Panel>
  );
}
