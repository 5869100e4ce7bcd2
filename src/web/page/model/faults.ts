import type { Status } from '../data/contract.ts';
import { ago, bytes, count, moment } from './format.ts';

/**
 * A fault that every view shows: what is wrong, what it means, and what to do.
 */
export interface Fault {
  /** Whether commands are lost or not stored. */
  readonly isGrave: boolean;
  readonly title: string;
  readonly text: string;
  /** A command that helps, if there is one. */
  readonly command: string | null;
  /**
   * Identifies a past fault that may be dismissed, with how often it has happened; null for a
   * current one.
   */
  readonly past: string | null;
}

/**
 * Faults of the service, the most serious first. Texts contain no path; the commands that they name
 * print it.
 */
export function faultsOf(status: Status, nowMs: number): readonly Fault[] {
  const found = [
    ...writing(status),
    ...paused(status),
    ...parts(status),
    ...keys(status),
    ...waits(status),
    ...lost(status),
    ...copies(status, nowMs),
    ...settings(status),
    ...customRules(status),
  ];
  return [...found.filter(({ isGrave }) => isGrave), ...found.filter(({ isGrave }) => !isGrave)];
}

/** At a plain name the page has no origin of its own. */
export function originFaults(hostname: string): readonly Fault[] {
  if (hostname.endsWith('.localhost')) return [];
  return [
    {
      isGrave: false,
      title: 'This browser does not open addresses under localhost.',
      text: 'A program that held this port before may have left a service worker here that reads this page. Firefox and Chromium are protected.',
      command: null,
      past: 'plain-origin',
    },
  ];
}

function writing({ observe, storage }: Status): readonly Fault[] {
  const faults: Fault[] = [];
  if (storage.trouble !== null)
    faults.push({
      isGrave: true,
      title: 'The disk cannot be written to.',
      text: `${sentence(storage.trouble)} New commands wait in the spool while it has room${observe ? `: ${bytes(observe.pending)} so far` : ''}.`,
      command: 'caro doctor',
      past: null,
    });
  else if (observe !== null && observe.trouble !== null)
    faults.push({
      isGrave: true,
      title: 'Observation is impaired.',
      text: sentence(observe.trouble),
      command: 'caro doctor',
      past: null,
    });
  if (storage.setAside.length > 0)
    faults.push({
      isGrave: false,
      title:
        storage.setAside.length === 1 ? 'A damaged database was moved aside.' : 'Damaged databases were moved aside.',
      text: 'The service created a new one, so older commands are missing here. To recover what is readable, stop the service and run:',
      command: 'caro db repair',
      past: `set-aside ${storage.setAside.length}`,
    });
  return faults;
}

/** Not a fault, but a pause that its owner forgot would look like one. */
function paused({ observe }: Status): readonly Fault[] {
  const until = observe?.pausedUntil ?? null;
  if (until === null) return [];
  return [
    {
      isGrave: false,
      title: `Nothing is recorded until ${moment(until)}.`,
      text: 'You paused it; it ends by itself. To record again before:',
      command: 'caro resume',
      past: null,
    },
  ];
}

const STATES = { degraded: 'is off after crashing too often', stopped: 'has stopped' } as const;

/**
 * A restarting part is back in a moment; a degraded one stays off until the service is restarted.
 */
function parts({ actors }: Status): readonly Fault[] {
  return actors.flatMap(({ name, state }) =>
    state === 'degraded' || state === 'stopped'
      ? [
          {
            isGrave: true,
            title: `The ${name} ${STATES[state]}.`,
            text: 'Its work is not done until you restart the service. The log has the reason.',
            command: 'caro service restart',
            past: null,
          },
        ]
      : [],
  );
}

/** Not a fault, but other owners may want to compare the fingerprint. */
function keys({ node: { rotation } }: Status): readonly Fault[] {
  if (!rotation) return [];
  const { compromised, fingerprint, switchesAt } = rotation;
  return [
    {
      isGrave: false,
      title: compromised ? 'The key of this node is revoked as compromised.' : 'The key of this node is being rotated.',
      text: `The next key (${fingerprint}) replaces it on ${moment(switchesAt)}. Owners of other nodes may ask you to compare that fingerprint.`,
      command: 'caro identity show',
      past: null,
    },
  ];
}

/** Usual for a laptop away from its network. */
function waits({ mesh }: Status): readonly Fault[] {
  const waiting = mesh?.waiting ?? null;
  if (waiting === null) return [];
  return [
    {
      isGrave: false,
      title: `The mesh waits for ${waiting.for}.`,
      text: `${sentence(waiting.reason)} Peers cannot connect to this node meanwhile. Commands are observed as usual.`,
      command: null,
      past: null,
    },
  ];
}

function lost({ observe, storage }: Status): readonly Fault[] {
  const faults: Fault[] = [];
  if (observe !== null && observe.dropped > 0)
    faults.push({
      isGrave: false,
      title: `${count(observe.dropped)} ${observe.dropped === 1 ? 'record was' : 'records were'} dropped.`,
      text: 'They could not be written, or were incomplete, invalid or too large. The same number of commands may be missing here.',
      command: 'caro doctor',
      past: `dropped ${observe.dropped}`,
    });
  if (observe !== null && observe.setAside > 0)
    faults.push({
      isGrave: false,
      title: `${count(observe.setAside)} ${observe.setAside === 1 ? 'command was' : 'commands were'} set aside without text.`,
      text: 'The service ended twice while it analysed them, so they are stored without their text. Please report it.',
      command: 'caro service logs',
      past: `commands-set-aside ${observe.setAside}`,
    });
  if (storage.logLinesLost > 0)
    faults.push({
      isGrave: false,
      title: `${count(storage.logLinesLost)} ${storage.logLinesLost === 1 ? 'line' : 'lines'} of the log could not be written.`,
      text: 'The service itself works.',
      command: null,
      past: `log-lines ${storage.logLinesLost}`,
    });
  return faults;
}

/** Not faults: an owner who means these settings can dismiss the notice. */
function settings({ sharing }: Status): readonly Fault[] {
  // They begin with the name of a setting, which stays as it is written.
  const warnings = (sharing?.warnings ?? []).map((text) => `${text}.`).join(' ');
  if (warnings === '') return [];
  return [
    {
      isGrave: false,
      title: 'Check what you share.',
      text: warnings,
      command: 'caro config check',
      past: `settings ${warnings}`,
    },
  ];
}

function copies({ storage: { backup } }: Status, nowMs: number): readonly Fault[] {
  if (backup.trouble === null) return [];
  const last =
    backup.last === null ? 'There is no backup yet.' : `The last backup was made ${ago(backup.last, nowMs)}.`;
  return [
    {
      isGrave: false,
      title: 'The last backup failed.',
      text: `${sentence(backup.trouble)} ${last}`,
      command: 'caro db backup',
      past: null,
    },
  ];
}

function customRules({ rules }: Status): readonly Fault[] {
  if (rules === null || (rules.setAside === 0 && rules.trouble === null)) return [];
  return [
    {
      isGrave: false,
      title:
        rules.trouble !== null
          ? 'The rules of your organization are not applied.'
          : `${count(rules.setAside)} ${rules.setAside === 1 ? 'rule of your organization is' : 'rules of your organization are'} set aside.`,
      text: 'Commands are rated by the others. For the reason, see the view Rules, or:',
      command: rules.trouble !== null ? 'caro service logs' : 'caro rules list',
      past: null,
    },
  ];
}

/** The text of an error, which starts in lower case and has no full stop, as a sentence. */
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
