/** What programs and files bring into the flow of data. */

import type { Step } from '../step.ts';
import { isDecoder, isFetcher } from './programs.ts';
import { sensitivityOf } from './sensitive.ts';

/** A set of what data contains, as bits. */
export type Label = number;
/** Keys, hashes, credentials. */
export const SECRET = 1;
/** Settings, histories, the environment, account lists, home directories. */
export const PRIVATE = 2;
export const REMOTE = 4;
export const DECODED = 8;
/** Pictures of the screen, recordings, network traffic. */
export const COLLECTED = 16;
/** Packed directories of documents, which people also copy to their own machines over ssh. */
export const PACKED = 32;

const PRINTS_VARIABLES = /^(?:env|printenv|export|declare|typeset|compgen|history|fc)$/;
const SECRET_NAME = /(?:SECRET|PASSW|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE|CREDENTIAL)/i;
export const secretLabel = (path: string): Label => {
  const kind = sensitivityOf(path);
  if (kind === null) return /^\/etc(?:\/(?:passwd|group))?\/?$/.test(path) ? PRIVATE : 0;
  return kind === 'settings' || kind === 'history' ? PRIVATE : SECRET;
};

/** Secrets that only their own program sends, in a signature. */
const NEVER_SENT = /^(?:AWS_SECRET_ACCESS_KEY|SSH_PRIVATE_KEY|GPG_PRIVATE_KEY)$/;
export const holdsSecret = (name: string): boolean => NEVER_SENT.test(name);

/** What a program prints of its own. */
export const sourceLabel = (step: Step): Label => {
  if (records(step)) return COLLECTED;
  if (isFetcher(step)) return REMOTE;
  if (isDecoder(step)) return DECODED;
  if (printsVariables(step) || printsClipboard(step)) return PRIVATE;
  return printsSecrets(step) ? SECRET : 0;
};

/** `env`, `printenv API_KEY`, `echo "$TOKEN"`; but `set -e` and `export A=b` print nothing. */
const printsVariables = ({ tool, args, words }: Step): boolean => {
  if (tool === 'set') return args.length === 0;
  if (/^(?:echo|printf)$/.test(tool))
    return words.some(({ parts }) => parts.some((part) => part.kind === 'variable' && SECRET_NAME.test(part.name)));
  const names = args.filter((arg) => !arg.startsWith('-'));
  return (
    PRINTS_VARIABLES.test(tool) &&
    (names.length === 0 || names.some((name) => SECRET_NAME.test(name) && !name.includes('=')))
  );
};

const RECORDERS =
  /^(?:screencapture|xwd|scrot|maim|grim|gnome-screenshot|spectacle|imagesnap|fswebcam|streamer|arecord|parecord|rec|tcpdump|tshark|dumpcap|ngrep)$/;
/** Programs that record the screen, the camera, the microphone or the network. */
const records = (step: Step): boolean => {
  if (RECORDERS.test(step.tool)) return !step.flag('-r', '-D', '--help', '--version');
  if (step.tool === 'import') return step.flag('-window');
  if (step.tool === 'ffmpeg') return step.some(/^(?:x11grab|avfoundation|alsa|pulse|v4l2|kmsgrab)$/);
  return step.tool === 'ditto' && step.some(/^-[a-zA-Z]*c/) && step.args.includes('-');
};

const DOCUMENTS =
  /^(?:~[\w.-]*|\/home\/[^/]+|\/Users\/[^/]+|\/root)\/(?:Documents|Desktop|Downloads|Pictures|Library|Movies|Photos)\/?\*?$|^\/(?:home|Users)\/?\*?$/;
/** What a packed directory brings into the flow. */
export const packedLabel = (step: Step, path: string): Label =>
  DOCUMENTS.test(path.replace(/^\$\{?HOME\}?/, '~')) && /^(?:g?tar|bsdtar|zip|7z|ditto|cpio|rar)$/.test(step.tool)
    ? PACKED
    : 0;

/** People copy passwords. */
const printsClipboard = (step: Step): boolean =>
  /^(?:pbpaste|wl-paste)$/.test(step.tool) ||
  (/^(?:xclip|xsel)$/.test(step.tool) && step.flag('-o', '-out', '--output'));

/** Secret stores that are asked to print a secret, and searches for keywords. */
const printsSecrets = (step: Step): boolean => {
  switch (step.tool) {
    case 'security':
      return (
        step.sub('dump-keychain|export') ||
        (step.sub('find-generic-password|find-internet-password') && step.flag('-w', '-g'))
      );
    case 'pass':
    case 'bw':
    case 'op':
    case 'vault':
      return step.sub('show|get|read|kv|item|export');
    case 'gpg':
      return step.some(/^--export-secret/);
    case 'aws':
      return step.sub('secretsmanager', 'get-secret-value') || step.sub('configure', 'export-credentials');
    case 'gh':
      return step.sub('auth', 'token');
    case 'az':
      return step.sub('keyvault', 'secret', 'show');
    case 'gcloud':
      return step.sub('secrets', 'versions', 'access');
    case 'secret-tool':
      return step.sub('lookup|search');
    case 'kubectl':
      return step.sub('get', 'secret|secrets') && step.flag('-o', '--output');
    case 'grep':
    case 'rg':
      return /^(?:AKIA|aws_|BEGIN .*PRIVATE|passw|secret|api_?key|token)/i.test(step.operands[0] ?? '');
    default:
      return false;
  }
};

/** With or without a scheme: `https://host/file`, `10.0.0.1:8000/file`. */
const ADDRESS = /^(?:(?:https?|ftp):\/\/|[\w-]+(?:\.[\w-]+)+(?::\d+)?\/)/;
/** Names that a download has without being told one: `curl -O url`, `wget url`. */
export const downloads = (step: Step): readonly string[] =>
  step.tool === 'wget' || (isFetcher(step) && step.flag('-O', '--remote-name', '--remote-name-all', '-J'))
    ? step.args.filter((arg) => ADDRESS.test(arg)).map((arg) => arg.replace(/[?#].*$/, '').replace(/^.*\//, ''))
    : [];
