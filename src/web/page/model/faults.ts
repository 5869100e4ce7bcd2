import type { Status } from '../data/contract.ts';
import { ago, bytes, count, moment } from './format.ts';

/**
 * Something that the owner should know of wherever he looks: what is wrong, what it means, and what
 * to do.
 */
export interface Fault {
  /** True where commands are being lost or nothing is stored. */
  readonly isGrave: boolean;
  readonly title: string;
  readonly text: string;
  /** What to type, if that helps. */
  readonly command: string | null;
  /**
   * Of what has happened and may be put away: names it, and how often it has happened. null for
   * what goes on.
   */
  readonly past: string | null;
}

/**
 * What is wrong with the service, the gravest first; nothing where all is well. Texts hold no path:
 * the commands they name do.
 */
export function faultsOf(status: Status, nowMs: number): readonly Fault[] {
  const found = [...writing(status), ...parts(status), ...keys(status), ...lost(status), ...copies(status, nowMs)];
  return [...found.filter(({ isGrave }) => isGrave), ...found.filter(({ isGrave }) => !isGrave)];
}

function writing({ observe, storage }: Status): readonly Fault[] {
  const faults: Fault[] = [];
  if (storage.trouble !== null)
    faults.push({
      isGrave: true,
      title: 'Nothing can be written.',
      text: `${sentence(storage.trouble)} Commands wait in the spool until it can: ${bytes(observe.pending)} so far.`,
      command: 'caro doctor',
      past: null,
    });
  else if (observe.trouble !== null)
    faults.push({
      isGrave: true,
      title: 'Observation is held up.',
      text: sentence(observe.trouble),
      command: 'caro doctor',
      past: null,
    });
  if (storage.setAside.length > 0)
    faults.push({
      isGrave: false,
      title: storage.setAside.length === 1 ? 'A damaged database was set aside.' : 'Damaged databases were set aside.',
      text: 'A fresh one was begun, so older commands are missing here. Stop the service to take over what can still be read:',
      command: 'caro db repair',
      past: `set-aside ${storage.setAside.length}`,
    });
  return faults;
}

const STATES = { degraded: 'was set aside after crashing again and again', stopped: 'has stopped' } as const;

/**
 * A part that is being restarted is back in a moment; one that was set aside stays away until
 * somebody acts.
 */
function parts({ actors }: Status): readonly Fault[] {
  return actors.flatMap(({ name, state }) =>
    state === 'degraded' || state === 'stopped'
      ? [
          {
            isGrave: true,
            title: `The ${name} ${STATES[state]}.`,
            text: 'What it does is not done until the service is restarted; the log says why.',
            command: 'caro service restart',
            past: null,
          },
        ]
      : [],
  );
}

/** No fault, but what other owners may ask about, and have to compare. */
function keys({ node: { rotation } }: Status): readonly Fault[] {
  if (!rotation) return [];
  const { compromised, fingerprint, switchesAt } = rotation;
  return [
    {
      isGrave: false,
      title: compromised ? 'The key of this node was given up as stolen.' : 'The key of this node is being changed.',
      text: `The next one (${fingerprint}) takes its place on ${moment(switchesAt)}. Owners of other nodes may compare that fingerprint with you.`,
      command: 'caro identity show',
      past: null,
    },
  ];
}

function lost({ observe, storage }: Status): readonly Fault[] {
  const faults: Fault[] = [];
  if (observe.dropped > 0)
    faults.push({
      isGrave: false,
      title: `${count(observe.dropped)} ${observe.dropped === 1 ? 'record was' : 'records were'} dropped.`,
      text: 'There was no room to write them, or they were torn, foreign or too large, so as many commands may be missing here.',
      command: 'caro doctor',
      past: `dropped ${observe.dropped}`,
    });
  if (storage.logLinesLost > 0)
    faults.push({
      isGrave: false,
      title: `${count(storage.logLinesLost)} ${storage.logLinesLost === 1 ? 'line' : 'lines'} of the log could not be written.`,
      text: 'The service works; what it had to say is gone.',
      command: null,
      past: `log-lines ${storage.logLinesLost}`,
    });
  return faults;
}

function copies({ storage: { backup } }: Status, nowMs: number): readonly Fault[] {
  if (backup.trouble === null) return [];
  const last = backup.last === null ? 'There is none yet.' : `The last one was made ${ago(backup.last, nowMs)}.`;
  return [
    {
      isGrave: false,
      title: 'The database could not be copied.',
      text: `${sentence(backup.trouble)} ${last}`,
      command: 'caro db backup',
      past: null,
    },
  ];
}

/** An error's text, which begins small and has no stop at its end. */
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
