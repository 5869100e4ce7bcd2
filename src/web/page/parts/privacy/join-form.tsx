import { useState } from 'preact/hooks';
import { meshRefused, offerText } from '../../../../domain/organisation/consent-text.ts';
import type { OrgOffer } from '../../../../domain/organisation/membership.ts';
import { ApiError, post } from '../../data/api.ts';
import type { Status } from '../../data/contract.ts';
import { useChange } from '../../data/use-change.ts';
import { useReading } from '../../data/use-reading.ts';
import { ConsentText, ShownVectors } from './consent-preview.tsx';
import { Terms } from './org-terms.tsx';

interface JoinFormProps {
  readonly onJoined: () => void;
  readonly onLocked: () => void;
}

interface Chosen {
  readonly document: string;
  readonly offer: OrgOffer;
}

/** What `org.inspect` takes; the service says the same of a longer text. */
const MAX_FILE_BYTES = 262_144;

/** From the file of the officers to the consent of the owner. */
export function JoinForm({ onJoined, onLocked }: JoinFormProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const choose = async (file: File | undefined): Promise<void> => {
    setChosen(null);
    setTrouble(null);
    if (file === undefined) return;
    try {
      setChosen(await inspected(file));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
      setTrouble(error instanceof Error ? error.message : 'The service does not answer.');
    }
  };
  return (
    <>
      <p>This node is not a member of an organization. To join one, choose the file that its officers gave you.</p>
      <label class="join-field">
        File of the organization (.caro-org){' '}
        <input type="file" accept=".caro-org" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
      </label>
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
      {chosen && (
        <Consent
          key={chosen.offer.terms.hash}
          chosen={chosen}
          onEnd={() => setChosen(null)}
          onJoined={onJoined}
          onLocked={onLocked}
        />
      )}
    </>
  );
}

async function inspected(file: File): Promise<Chosen> {
  if (file.size > MAX_FILE_BYTES) throw new Error('Expected the file of an organization, got a much larger one.');
  const document = await file.text();
  const offer = await post<OrgOffer>('/api/organization/offer', { document }, AbortSignal.timeout(60_000));
  return { document, offer };
}

interface ConsentProps extends JoinFormProps {
  readonly chosen: Chosen;
  readonly onEnd: () => void;
}

/** Consent comes after the text and the numbers, as for `sharing.level`. */
function Consent({ chosen: { document, offer }, onEnd, onJoined, onLocked }: ConsentProps) {
  const status = useReading<Status>('/api/status', {}, onLocked);
  const [digest, setDigest] = useState<string | null>(null);
  const [hasRead, setRead] = useState(false);
  const [written, setName] = useState<string | null>(null);
  const [unit, setUnit] = useState('none');
  const [predecessor, setPredecessor] = useState('');
  const change = useChange(() => undefined, onLocked);
  const { org } = offer.terms;
  const name = written ?? status.data?.node.name ?? '';
  const join = async (): Promise<void> => {
    const body = { document, name, unit, ...(predecessor === '' ? {} : { predecessor }) };
    if (digest === null || !(await change.run('/api/organization/joining', body))) return;
    const sharing = { set: 'sharing', level: 2, preview: digest };
    if (offer.sharingLevel > 0 || (await change.run('/api/settings', sharing))) onJoined();
  };
  return (
    <div class="consent">
      <h3>What you agree to if you join {org}</h3>
      <ConsentText label="What joining means">
        <Terms terms={offer.terms} />
        {offerText(offer).map(({ title, lines }) => (
          <section key={title}>
            <h4>{title}</h4>
            <ul>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
        ))}
      </ConsentText>
      <h3>The numbers of now</h3>
      <ShownVectors onShown={setDigest} onLocked={onLocked} />
      {offer.isMeshRefused ? (
        <p class="notice" role="alert">
          {meshRefused('caro.toml')}
        </p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void join();
          }}
        >
          <div class="join-fields">
            <Field label="Name of this node" value={name} onInput={setName} pattern="[a-z0-9\-]{1,32}" />
            <Field
              label="Your unit, as your officers call it"
              value={unit}
              onInput={setUnit}
              pattern="[a-z0-9][a-z0-9\/._\-]{0,63}"
            />
            <Field
              label="Replaces (only if this node was installed anew)"
              value={predecessor}
              onInput={setPredecessor}
              pattern="[a-z0-9\-]{1,32}"
              isOptional
            />
          </div>
          <label class="check">
            <input
              type="checkbox"
              checked={hasRead}
              disabled={digest === null}
              onChange={(event) => setRead(event.currentTarget.checked)}
            />{' '}
            I have read what may leave, to whom, and what can change without asking me.
          </label>
          {change.trouble && (
            <p class="notice" role="alert">
              {change.trouble}
            </p>
          )}
          <div class="actions">
            <button type="submit" class="main" disabled={!hasRead || change.isBusy}>
              Join {org}
            </button>
            <button type="button" onClick={onEnd}>
              Cancel
            </button>
          </div>
        </form>
      )}
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly pattern: string;
  readonly isOptional?: boolean;
  readonly onInput: (value: string) => void;
}

function Field({ label, value, pattern, isOptional = false, onInput }: FieldProps) {
  return (
    <label class="join-field">
      {label}
      <input
        value={value}
        pattern={pattern}
        title="lower-case letters, digits and hyphens"
        required={!isOptional}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
