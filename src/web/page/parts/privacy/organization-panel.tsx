import { useState } from 'preact/hooks';
import {
  LEAVING,
  ORG_STATE_MEANS,
  placeText,
  refusedText,
  sharingAfterLeaving,
} from '../../../../domain/organisation/consent-text.ts';
import type { SharingStatus } from '../../../../domain/status/status.ts';
import type { Organization } from '../../data/contract.ts';
import { type Change, useChange } from '../../data/use-change.ts';
import { useReading } from '../../data/use-reading.ts';
import { moment } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { JoinForm } from './join-form.tsx';
import { Terms } from './org-terms.tsx';

type Joined = NonNullable<Organization['organization']>;

interface OrganizationPanelProps {
  readonly onLocked: () => void;
  /** Joining may have changed what is shared, and with whom. */
  readonly onChanged: () => void;
}

/** The organization of this node: joining, what it may do, what waits, and leaving. */
export function OrganizationPanel({ onLocked, onChanged }: OrganizationPanelProps) {
  const [turn, setTurn] = useState(0);
  const { data, trouble } = useReading<Organization>('/api/organization', {}, onLocked, turn);
  const done = (): void => {
    setTurn((before) => before + 1);
    onChanged();
  };
  const change = useChange(done, onLocked);
  return (
    <Panel title="Organization" class="span-12">
      {data === null && <p class="quiet">{trouble ?? 'Loading …'}</p>}
      {data?.organization === null && <JoinForm onJoined={done} onLocked={onLocked} />}
      {data?.organization && <Membership joined={data.organization} change={change} onLocked={onLocked} />}
      {change.trouble && (
        <p class="notice" role="alert">
          {change.trouble}
        </p>
      )}
    </Panel>
  );
}

interface MembershipProps {
  readonly joined: Joined;
  readonly change: Change;
  readonly onLocked: () => void;
}

function Membership({ joined, change, onLocked }: MembershipProps) {
  const { terms, role, membership, state, waiting, refused } = joined;
  const isWaiting = role === 'member' && membership === null;
  return (
    <>
      <p class="statement" role="status">
        <span class={state === 'in force' && !isWaiting ? 'lamp good' : 'lamp wait'} aria-hidden="true" />{' '}
        <strong>
          {isWaiting ? `Your request to ${terms.org} waits for an officer.` : `This node belongs to ${terms.org}.`}
        </strong>{' '}
        {isWaiting &&
          'Until one approves it, the supervisors do not know this node. If it was removed, ask an officer.'}
      </p>
      {refused.map((news) => (
        <p key={news.from} class="notice" role="alert">
          {refusedText(news, moment)}
        </p>
      ))}
      {waiting && <WaitingVersion waiting={waiting} change={change} />}
      <Terms
        terms={terms}
        more={[
          ['state', ORG_STATE_MEANS[state]],
          ['this node', placeText(joined)],
        ]}
      />
      <Leave org={terms.org} change={change} onLocked={onLocked} />
    </>
  );
}

function WaitingVersion({
  waiting: { terms, asksFor },
  change,
}: {
  readonly waiting: NonNullable<Joined['waiting']>;
  readonly change: Change;
}) {
  return (
    <div class="consent">
      <h3>Version {terms.version} asks for more than you have agreed to</h3>
      <ul>
        {asksFor.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <div class="actions">
        <button
          type="button"
          class="main"
          disabled={change.isBusy}
          onClick={() => void change.run('/api/organization/agreement', { hash: terms.hash })}
        >
          Agree to version {terms.version}
        </button>
      </div>
    </div>
  );
}

interface LeaveProps {
  readonly org: string;
  readonly change: Change;
  readonly onLocked: () => void;
}

function Leave({ org, change, onLocked }: LeaveProps) {
  const [isAsked, setAsked] = useState(false);
  const sharing = useReading<SharingStatus>('/api/sharing', {}, onLocked);
  const rest = sharing.data && sharingAfterLeaving(sharing.data.level);
  if (!isAsked)
    return (
      <div class="actions">
        <button type="button" aria-expanded={false} onClick={() => setAsked(true)}>
          Leave {org} …
        </button>
      </div>
    );
  return (
    <div class="consent">
      <h3>Leave {org}</h3>
      <ul>
        {[...LEAVING, ...(rest === null ? [] : [rest])].map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <div class="actions">
        <button
          type="button"
          class="main"
          disabled={change.isBusy}
          onClick={() => void change.run('/api/organization/leaving', {})}
        >
          Leave {org}
        </button>
        <button type="button" onClick={() => setAsked(false)}>
          Stay
        </button>
      </div>
    </div>
  );
}
