/** Programs from the network or in encoded form that run unread. */
import type { Invocation } from '../../shell/model.ts';
import { type CommandLineContext, type CommandLineRule, inFamily, type StepRule, type Verdict } from '../rule.ts';
import { type Step, upstream } from '../step.ts';

export const SHELL = /^(?:ba|da|z|k|mk|pdk|a|c|tc|fi|ya|po)?sh$|^(?:elvish|nu|xonsh|oksh|rbash)$/;
export const INTERPRETER =
  /^(?:(?:ba|da|z|k|mk|a|c|tc|fi)?sh|busybox|python|perl|ruby|node|php|lua|luajit|tclsh|osascript|pwsh|deno|bun|r|source|\.|eval|at|batch)$/;
const FETCHER =
  /^(?:curl|wget|http|fetch|lynx|w3m|aria2c|axel|ftp|tftp|lftp|GET|HEAD|dig|host|nslookup|scp|nc|ncat|netcat|aws|gsutil|rclone)$/;
const DECODER =
  /^(?:base64|base32|basenc|xxd|uudecode|openssl|gpg|rev|tr|b64decode|b32decode|gunzip|zcat|bunzip2|xz|unxz|gzip|od|rot13|iconv|hexdump)$/;

/**
 * `sh script` reads the script, `sh -c x` the string; `sh`, `sh -s` and `sh -` read standard input.
 */
const readsProgram = (step: Step): boolean => {
  if (!INTERPRETER.test(step.tool) || step.isWrapper) return false;
  if (/^(?:eval|source|\.)$/.test(step.tool))
    return step.args.some((arg) => /^(?:-|\/dev\/(?:stdin|fd\/0))$/.test(arg));
  if (step.tool === 'at' || step.tool === 'batch') return !step.flag('-f', '-l', '-d', '-r', '-c');
  if (step.some(/^-(?:c|e|m|r|p|E)$|^--(?:eval|command|print)$/) && !step.flag('-s')) return false;
  const script = step.args.find((arg) => !arg.startsWith('-') && !/^\/dev\/(?:stdin|fd\/0)$/.test(arg));
  return script === undefined || step.flag('-s');
};

const readsData = (step: Step): boolean => /^(?:python|perl|ruby|node|php|awk)$/.test(step.tool) && step.code !== '';

const fetches = (item: Invocation): boolean =>
  FETCHER.test(item.tool) && !item.args.some((arg) => /^--?(?:version|help|head|I)$/.test(arg.text));
const decodes = (item: Invocation): boolean =>
  DECODER.test(item.tool) &&
  (!/^(?:base64|base32|basenc|xxd|openssl|gzip|xz|od|hexdump|gpg)$/.test(item.tool) ||
    item.args.some((arg) => /^-(?:[a-zA-Z]*[dDr][a-zA-Z]*|-?decode|-?decrypt|-?uncompress)$/.test(arg.text)));

const pipedFromNet = (step: Step): Verdict =>
  readsProgram(step) && !readsData(step) && upstream(step.invocation).some(fetches);
const pipedDecoded = (step: Step): Verdict => readsProgram(step) && upstream(step.invocation).some(decodes);
/**
 * `echo … | filter | sh`: text that only becomes a program through a filter is obfuscated, whatever
 * the filter is.
 */
const pipedDisguised = (step: Step): Verdict => {
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

const pipedUnknown = (step: Step): Verdict => {
  if (!readsProgram(step) || !SHELL.test(step.tool)) return false;
  const from = upstream(step.invocation);
  return (
    from.length > 0 &&
    !from.some((item) => fetches(item) || decodes(item)) &&
    step.invocation.input.kind === 'pipe' &&
    step.invocation.input.output === null
  );
};

/**
 * A fetching program inside the words of an interpreter: `sh -c "$(curl …)"`, `eval "$(wget …)"`,
 * `bash <(curl …)`, `source <(curl …)`.
 */
const within = (step: Step, test: (item: Invocation) => boolean, context: CommandLineContext): boolean => {
  if (!INTERPRETER.test(step.tool)) return false;
  return step.words.some(
    (word) =>
      word.parts.some((part) => part.kind === 'command' || part.kind === 'process') &&
      context.analysis.invocations.some(
        (item) => item !== step.invocation && item.start >= word.start && item.end <= word.end && test(item),
      ),
  );
};

const KNOWN_INSTALLERS =
  /^https:\/\/(?:sh\.rustup\.rs|get\.docker\.com|raw\.githubusercontent\.com\/(?:Homebrew\/install|nvm-sh\/nvm)\/)/;
/** An https installer of a known project is unread code too, but from a known source. */
const knownInstaller = (context: CommandLineContext): boolean =>
  context.analysis.invocations.some(
    (item) => FETCHER.test(item.tool) && item.args.some((arg) => KNOWN_INSTALLERS.test(arg.text)),
  ) && !context.steps.some((step) => step.elevated);

/**
 * Downloads a file and runs it: `wget -O x … && sh x`, `curl -o /tmp/x … && chmod +x /tmp/x &&
 * /tmp/x`.
 */
const downloadThenRun = ({ steps }: CommandLineContext): boolean => {
  const files = new Set<string>();
  for (const step of steps) {
    if (step.isWrapper) continue;
    const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
    const name = step.invocation.name.text;
    if (files.has(base(name)) && /\//.test(name)) return true;
    if (SHELL.test(step.tool) || /^(?:python|perl|ruby|node|php|source|\.)$/.test(step.tool))
      if (step.operands.some((path) => files.has(base(path)) && path !== '')) return true;
    if (
      step.tool === 'chmod' &&
      step.some(/^(?:[ugoa]*\+[rw]*x|0?[1357]{3}|0?7[0-7]{2})$/) &&
      step.operands.some((path) => files.has(base(path))) &&
      step.operands.some((path) => step.kind(path) === 'scratch')
    )
      return true;
    if (!FETCHER.test(step.tool)) continue;
    for (const write of step.writes) files.add(base(write.path));
    if (step.tool === 'wget' || step.flag('-O', '--remote-name'))
      for (const arg of step.args) if (/^https?:\/\//.test(arg)) files.add(base(arg.replace(/[?#].*$/, '')));
  }
  return false;
};

const CODE_FETCH =
  /(?:urlopen|requests\.get|urllib|http\.get|https\.get|open-uri|Net::HTTP|LWP::Simple|file_get_contents\(\s*['"]https?|fetch\(|DownloadString|Invoke-WebRequest|\biwr\b|\bcurl\b|\bwget\b)/i;
const CODE_RUN =
  /\b(?:exec|eval|system|popen|spawn|execSync|subprocess|compile|iex|Invoke-Expression|instance_eval|passthru|shell_exec|runpy)\b/i;
const CODE_DECODE =
  /b64decode|base64|fromhex|unhexlify|decode64|atob\(|Buffer\.from|codecs\.decode|unpack\(|marshal\.loads|zlib\.decompress|rot_?13|chr\(|fromCharCode|FromBase64String|pickle\.loads/i;

export const REMOTE_CODE_LINE_RULES: readonly CommandLineRule[] = inFamily('remote-code', [
  {
    id: 'remote-code.substituted',
    level: 'high',
    whenAll: (context: CommandLineContext) =>
      context.steps.some((step) => within(step, fetches, context))
        ? knownInstaller(context)
          ? 'moderate'
          : 'high'
        : false,
    technique: 'T1059.004',
    reason: 'Runs a program from the network that nobody has reviewed.',
    safer: 'Download it, read it, verify its signature, then run it.',
  },
  {
    id: 'remote-code.substituted-decoded',
    level: 'high',
    whenAll: (context: CommandLineContext) => context.steps.some((step) => within(step, decodes, context)),
    technique: 'T1140',
    reason: 'Runs a program whose text is encoded or obfuscated.',
    safer: 'Decode it into a file and read that first.',
  },
  {
    id: 'remote-code.download-and-run',
    level: 'high',
    whenAll: downloadThenRun,
    technique: 'T1105',
    reason: 'Downloads a program and runs it immediately.',
    safer: 'Read it and verify its signature before you run it.',
  },
]);

export const REMOTE_CODE_RULES: readonly StepRule[] = inFamily('remote-code', [
  {
    id: 'remote-code.piped',
    level: 'high',
    tools: '*',
    needs: 'pipe' as const,
    when: pipedFromNet,
    technique: 'T1059.004',
    reason: 'Runs a program from the network that nobody has reviewed.',
    safer: 'Download it, read it, verify its signature, then run it.',
  },
  {
    id: 'remote-code.encoded',
    level: 'high',
    tools: '*',
    needs: 'pipe' as const,
    when: (s: Step) => pipedDecoded(s) || pipedDisguised(s),
    technique: 'T1140',
    reason: 'Runs a program whose text is encoded or obfuscated.',
    safer: 'Decode it into a file and read that first.',
  },
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
    when: (s: Step) =>
      CODE_RUN.test(s.code) && (CODE_FETCH.test(s.code) || CODE_DECODE.test(s.code)) && s.code.length > 24,
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
    id: 'remote-code.untrusted-package',
    level: 'high',
    tools: 'pip npm gem cpan cpanm go cargo',
    when: (s: Step) =>
      (s.tool === 'pip' &&
        s.sub('install|download') &&
        (s.some(/^(?:git\+)?http:\/\//) ||
          s.flag('--trusted-host') ||
          /^http:/.test(s.value('-i', '--index-url', '--extra-index-url') ?? ''))) ||
      (s.tool === 'npm' && s.sub('install|i|add') && s.some(/^http:\/\/|--registry=http:\/\//)),
    technique: 'T1195.001',
    reason: 'Installs a package over a connection that others can tamper with.',
    safer: 'Use the registry over https and pin the version.',
  },
]);
