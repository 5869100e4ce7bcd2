/** Programs from the network or in encoded form that run unread. */

import { type CommandLineContext, type CommandLineRule, inFamily, type StepRule, type Verdict } from '../rule.ts';
import { type Step, upstream } from '../step.ts';
import { isFetcher, readsProgram, SHELL } from '../subjects/programs.ts';
import { DECODED, REMOTE } from '../subjects/sources.ts';

/**
 * `echo … | filter | sh`: text that only becomes a program through a filter is obfuscated, whatever
 * the filter is.
 */
const pipedDisguised = (step: Step): boolean => {
  const from = upstream(step.invocation);
  const [first] = from;
  const literal =
    first !== undefined &&
    /^(?:echo|printf)$/.test(first.tool) &&
    first.args.some((arg) => arg.value !== null && arg.value.length >= 6);
  return (
    readsProgram(step) &&
    SHELL.test(step.tool) &&
    literal &&
    from.length > 1 &&
    step.invocation.input.kind === 'pipe' &&
    step.invocation.input.output === null
  );
};
const pipedHistory = (step: Step): Verdict =>
  readsProgram(step) &&
  SHELL.test(step.tool) &&
  upstream(step.invocation).some(
    (item) => item.tool === 'history' || item.tool === 'fc' || item.args.some((arg) => /_history$/.test(arg.text)),
  );

const pipedUnknown = (step: Step): Verdict =>
  readsProgram(step) &&
  SHELL.test(step.tool) &&
  upstream(step.invocation).length > 0 &&
  step.invocation.input.kind === 'pipe' &&
  step.invocation.input.output === null;

const KNOWN_INSTALLERS =
  /^https:\/\/(?:sh\.rustup\.rs|get\.docker\.com|raw\.githubusercontent\.com\/(?:Homebrew\/install|nvm-sh\/nvm)\/)/;
/** An https installer of a known project is unread code too, but from a known source. */
const knownInstaller = ({ steps }: CommandLineContext): boolean =>
  steps.some((step) => isFetcher(step) && step.some(KNOWN_INSTALLERS)) && !steps.some((step) => step.elevated);

const CODE_FETCH =
  /(?:urlopen|requests\.get|urllib|http\.get|https\.get|open-uri|Net::HTTP|LWP::Simple|file_get_contents\(\s*['"]https?|fetch\(|DownloadString|Invoke-WebRequest|\biwr\b)/i;
/** A command that the code starts; what it runs is rated by itself. */
const CODE_CURL = /\b(?:curl|wget)\b/i;
const CODE_EVAL =
  /\b(?:exec|eval|compile|iex|Invoke-Expression|instance_eval|class_eval|runpy|loadstring|Function)\s*\(/i;
const CODE_RUN =
  /\b(?:exec|eval|system|popen|spawn|execSync|subprocess|compile|iex|Invoke-Expression|instance_eval|passthru|shell_exec|runpy)\b/i;
const CODE_DECODE =
  /b64decode|base64|fromhex|unhexlify|decode64|atob\(|Buffer\.from|codecs\.decode|unpack\(|\bpack\s*\(?\s*["'][Hh]\d*\*?["']|marshal\.loads|zlib\.decompress|rot_?13|chr\(|fromCharCode|FromBase64String|pickle\.loads/i;

/** Modules that the code is given by options: `perl -MLWP::Simple -e`, `ruby -ropen-uri -e`. */
const MODULE = /^-(?:M(?:LWP|HTTP|MIME)|r(?:open-uri|net))/;
/** Node's modules of the network, with what runs a text. */
const NODE_FETCH = /require\(\s*['"](?:node:)?https?['"]\s*\)[\s\S]*\.get\(/;
/** `deno run -A https://…`: a program from the network that may do everything. */
const runsAddress = (step: Step): boolean =>
  step.tool === 'deno' && step.sub('run') && step.some(/^https?:\/\//) && step.some(/^(?:-A|--allow-(?:all|run|ffi))/);
const fetchesCode = (step: Step): boolean => {
  if (runsAddress(step)) return true;
  const { code } = step;
  if (/memfd_create|syscall\(\s*(?:319|279|385)\b/.test(code)) return true;
  if (!CODE_RUN.test(code)) return false;
  if (CODE_FETCH.test(code) || CODE_DECODE.test(code) || NODE_FETCH.test(code)) return code.length > 24;
  if (CODE_CURL.test(code) && CODE_EVAL.test(code)) return true;
  return step.some(MODULE) && /\b(?:get|open|read|decode\w*)\b/.test(code);
};

/** A registry without encryption, or modules without their checksums, for all installations. */
const opensRegistry = (step: Step): boolean => {
  const settings = step.args.join(' ');
  switch (step.tool) {
    case 'npm':
    case 'yarn':
    case 'pnpm':
      return step.sub('config', 'set') && /\bregistry[= ]http:\/\/(?!localhost|127\.)/.test(settings);
    case 'pip':
      return step.sub('config', 'set') && /index-url http:\/\/(?!localhost|127\.)/.test(settings);
    default:
      return (
        step.sub('env') && step.flag('-w') && /\b(?:GOINSECURE|GONOSUMDB|GOPRIVATE)=\*|\bGOSUMDB=off/.test(settings)
      );
  }
};

export const REMOTE_CODE_LINE_RULES: readonly CommandLineRule[] = inFamily('remote-code', [
  {
    id: 'remote-code.substituted',
    level: 'high',
    whenAll: (context: CommandLineContext) =>
      (context.flow.runText & REMOTE) !== 0 && (knownInstaller(context) ? 'moderate' : 'high'),
    technique: 'T1059.004',
    reason: 'Runs a program from the network that nobody has reviewed.',
    safer: 'Download it, read it, verify its signature, then run it.',
  },
  {
    id: 'remote-code.substituted-decoded',
    level: 'high',
    whenAll: ({ flow }: CommandLineContext) => (flow.runText & DECODED) !== 0,
    technique: 'T1140',
    reason: 'Runs a program whose text is encoded or obfuscated.',
    safer: 'Decode it into a file and read that first.',
  },
  {
    id: 'remote-code.download-and-run',
    level: 'high',
    whenAll: ({ flow }: CommandLineContext) => (flow.runFile & (REMOTE | DECODED)) !== 0,
    technique: 'T1105',
    reason: 'Downloads a program and runs it immediately.',
    safer: 'Read it and verify its signature before you run it.',
  },
  {
    id: 'remote-code.piped',
    level: 'high',
    whenAll: ({ flow }: CommandLineContext) => (flow.runInput & REMOTE) !== 0,
    technique: 'T1059.004',
    reason: 'Runs a program from the network that nobody has reviewed.',
    safer: 'Download it, read it, verify its signature, then run it.',
  },
  {
    id: 'remote-code.encoded',
    level: 'high',
    whenAll: ({ flow, steps }: CommandLineContext) => (flow.runInput & DECODED) !== 0 || steps.some(pipedDisguised),
    technique: 'T1140',
    reason: 'Runs a program whose text is encoded or obfuscated.',
    safer: 'Decode it into a file and read that first.',
  },
]);

export const REMOTE_CODE_RULES: readonly StepRule[] = inFamily('remote-code', [
  {
    id: 'remote-code.history',
    level: 'high',
    tools: '*',
    needs: 'pipe' as const,
    when: pipedHistory,
    technique: 'T1059.004',
    reason: 'Runs old commands from the history again, whatever they do.',
    safer: 'Look at the list and run only the command you need.',
  },
  {
    id: 'remote-code.piped-unknown',
    level: 'moderate',
    tools: '*',
    needs: 'pipe' as const,
    when: pipedUnknown,
    raise: true as const,
    technique: 'T1059.004',
    reason: 'Runs the output of the previous command as a script.',
    safer: 'Look at the output first.',
  },
  {
    id: 'remote-code.interpreter',
    level: 'high',
    tools: 'python perl ruby node php pwsh lua bun deno',
    when: fetchesCode,
    technique: 'T1140',
    reason: 'Fetches or decodes a program in one line of code and runs it.',
    safer: 'Write the program to a file and read it first.',
  },
  {
    id: 'remote-code.powershell-encoded',
    level: 'high',
    tools: 'pwsh',
    when: (s: Step) =>
      s.some(/^-(?:e|ec|en|enc\w*)$/i) ||
      /DownloadString|\biex\b|Invoke-Expression|DownloadFile/i.test(s.args.join(' ')),
    technique: 'T1059.001',
    reason: 'Runs PowerShell code that is encoded or comes from the network.',
    safer: 'Use a script file.',
  },
  {
    id: 'remote-code.untrusted-registry',
    level: 'high',
    tools: 'npm yarn pnpm pip go',
    when: opensRegistry,
    technique: 'T1195.001',
    reason: 'Takes all later packages over a connection that others can tamper with, or unchecked.',
    safer: 'Use the registry over https, and name the modules that are private.',
  },
  {
    id: 'remote-code.untrusted-package',
    level: 'high',
    tools: 'pip npm gem dnf yum rpm zypper pacman',
    when: (s: Step) =>
      (s.tool === 'pip' &&
        s.sub('install|download') &&
        (s.some(/^(?:git\+)?http:\/\//) ||
          s.flag('--trusted-host') ||
          /^http:/.test(s.value('-i', '--index-url', '--extra-index-url') ?? ''))) ||
      (s.tool === 'npm' &&
        s.sub('install|i|add') &&
        (s.some(/^http:\/\/|--registry=http:\/\//) || /^http:/.test(s.value('--registry') ?? ''))) ||
      (s.tool === 'gem' && s.sub('install') && /^http:/.test(s.value('-s', '--source') ?? '')) ||
      (/^(?:dnf|yum|rpm|zypper|pacman)$/.test(s.tool) && s.some(/^http:\/\/\S+\.(?:rpm|pkg\.tar\.\w+)$/)),
    technique: 'T1195.001',
    reason: 'Installs a package over a connection that others can tamper with.',
    safer: 'Use the registry over https and pin the version.',
  },
]);
