import { digestSentences } from '../../../../domain/status/weekly-digest.ts';
import type { Week } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { bytes } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';

interface DigestPanelProps {
  readonly nameOf: (id: string) => string;
  readonly onLocked: () => void;
}

/** The last seven days with other nodes, in three sentences. */
export function DigestPanel({ nameOf, onLocked }: DigestPanelProps) {
  const { data, trouble } = useReading<Week>('/api/work', {}, onLocked);
  return (
    <Panel title="Your week with other nodes" class="span-12" aside={<span class="quiet">last 7 days</span>}>
      {data ? (
        <p>{digestSentences(data.digest, nameOf, bytes).join(' ')}</p>
      ) : (
        <p class="quiet">{trouble ?? 'Loading …'}</p>
      )}
    </Panel>
  );
}
