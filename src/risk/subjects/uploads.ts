/** What a program sends over the network: files, its standard input, or its own words. */
import type { Word } from '../../shell/model.ts';
import type { ProgramWords } from './program-words.ts';

export interface Upload {
  readonly files: readonly string[];
  readonly input: boolean;
  /** Words whose substitutions and variables are sent. */
  readonly words: readonly Word[];
}

const NOTHING: readonly never[] = [];
const upload = (files: readonly string[], input = false, words: readonly Word[] = NOTHING): Upload => ({
  files,
  input,
  words,
});

const isRemote = (path: string): boolean =>
  /^(?:[\w.-]+@)?[\w.-]+:(?!\\)|^rsync:\/\/|^scp:\/\/|^s?ftps?:\/\//.test(path);
const REMOTE_URL = /^(?:s3|gs|az|wasbs?|oss|cos|b2|https?):\/\//;
const plain = (step: ProgramWords): readonly string[] => step.args.filter((arg) => !arg.startsWith('-'));

/** `@file`, `name=@file`, `<file`: curl(1) reads the file; `-` is its standard input. */
const CURL_DATA = /^(?:--(?:data(?:-(?:ascii|binary|urlencode))?|form|json|upload-file|url-query)|-[dFT])$/;
const fileIn = (value: string): string | null => /^(?:[\w.[\]-]*=?)?[@<]([^;]+)/.exec(value)?.[1] ?? null;
const curl = (step: ProgramWords): Upload => {
  const files: string[] = [];
  const words: Word[] = [];
  let input = false;
  const add = (option: string, value: string, word: Word | undefined): void => {
    const file = /^-T$|^--upload/.test(option) ? value : fileIn(value);
    if (file === '-' || file === '.' || file === '/dev/stdin') input = true;
    else if (file !== null) files.push(file);
    if (word) words.push(word);
  };
  for (const [at, arg] of step.args.entries()) {
    const [name, inline] = splitOption(arg);
    const option = fullOption(name);
    if (CURL_DATA.test(option))
      add(option, inline ?? step.args[at + 1] ?? '', step.words[inline === undefined ? at + 1 : at]);
    else if (arg.startsWith('file://')) files.push(arg.slice('file://'.length));
    else if (/^https?:|^-G$/.test(arg) && step.words[at]) words.push(step.words[at]);
  }
  return upload(files, input, words);
};

/** `-sFx=@f` as `-F` and its value; `--form=x` as `--form` and its value. */
const splitOption = (arg: string): readonly [string, string?] => {
  if (arg.startsWith('--')) {
    const equals = arg.indexOf('=');
    return equals < 0 ? [arg] : [arg.slice(0, equals), arg.slice(equals + 1)];
  }
  const bundle = /^-([a-zA-Z#0-9:]*?)([dFT])(.*)$/s.exec(arg);
  if (!bundle || !/^[aefgGiIjkKlLMnNOpqRsSvV0-9]*$/.test(bundle[1] ?? '')) return [arg];
  return bundle[3] ? [`-${bundle[2]}`, bundle[3]] : [`-${bundle[2]}`];
};
const CURL_LONG = ['--data-binary', '--data-urlencode', '--data-ascii', '--data', '--form', '--json', '--upload-file'];
const fullOption = (name: string): string =>
  name.length > 4 && name.startsWith('--') ? (CURL_LONG.find((long) => long.startsWith(name)) ?? name) : name;

const wget = (step: ProgramWords): Upload => {
  const files = step.args.flatMap((arg, at) => {
    const found = /^--(?:post-f|body-f)\w*(?:=(.*))?$/.exec(arg);
    return found ? [found[1] ?? step.args[at + 1] ?? ''] : [];
  });
  const words = step.words.filter(
    (word, at) =>
      /^--(?:post-d|body-d)|^https?:/.test(word.text) || /^--(?:post-d|body-d)\w*$/.test(step.args[at - 1] ?? ''),
  );
  return upload(files, files.includes('-') || files.includes('/dev/stdin'), words);
};

const httpie = (step: ProgramWords): Upload =>
  upload(
    step.args.flatMap((arg) => fileIn(arg.replace(/^[\w.[\]-]*:?=?@/, '@')) ?? []),
    true,
    step.words,
  );

/** Sources are sent if the target, the last operand, is on another host. */
const copy = (step: ProgramWords): Upload | null => {
  const operands = withoutValues(step, /^-[iFoPpcSleJ]$/);
  const target = operands.at(-1) ?? '';
  // The user's own variable names the host.
  if (!isRemote(target) || /^"?\$/.test(target)) return null;
  return upload(operands.slice(0, -1).filter((path) => !isRemote(path)));
};
const withoutValues = (step: ProgramWords, option: RegExp): readonly string[] =>
  step.args.filter((arg, at) => !arg.startsWith('-') && !option.test(step.args[at - 1] ?? ''));

/** An archive on another host: `tar -cf host:file source`. */
const tar = (step: ProgramWords): Upload | null => {
  const archive = step.args.flatMap((arg, at) => {
    const long = /^--fi(?:le?)?(?:=(.*))?$/.exec(arg);
    if (long) return [long[1] ?? step.args[at + 1] ?? ''];
    const short = /^-?[A-Za-z]*f(.*)$/.exec(arg);
    if (!short || arg.startsWith('--') || (at > 0 && !arg.startsWith('-'))) return [];
    return [short[1] === '' ? (step.args[at + 1] ?? '') : (short[1] ?? '')];
  });
  const creates = step.args.some(
    (arg, at) => /^(?:-[a-zA-Z]*[cru]|--(?:cr|app|up))/.test(arg) || (at === 0 && /^[a-z]*[cru]/.test(arg)),
  );
  return creates && archive.some((file) => isRemote(file) && !file.startsWith('/')) ? upload(plain(step), true) : null;
};

/** socat(1) addresses; each may be quoted or a pair `read!!write`. */
const socat = (step: ProgramWords): Upload | null => {
  const addresses = plain(step).flatMap((arg) => arg.split('!!'));
  const net = addresses.some((address) =>
    /^(?:(?:tcp|udp|sctp|openssl|ssl|proxy|socks\w*)[46]?(?:-\w+)?|openssl-connect):/i.test(address),
  );
  const files = addresses.flatMap(
    (address) => /^(?:open|file|gopen|create?|rdonly):["']?([^,"']+)/i.exec(address)?.[1] ?? [],
  );
  return net ? upload(files, true) : null;
};

/** Cloud and object storage clients: local sources, a remote target. */
const storage = (step: ProgramWords): Upload | null => {
  const operands = step.operands;
  const verb = operands.findIndex((word) =>
    /^(?:cp|mv|sync|rsync|copy|copyto|move|put|mirror|upload|upload-batch|upload-file)$/.test(word),
  );
  const named = step.args.flatMap((arg, at) =>
    /^(?:--(?:body|file|file-path|source|value|secret-string|secret-binary|payload))$/.test(step.args[at - 1] ?? '')
      ? [arg.replace(/^fileb?:\/\//, '')]
      : [],
  );
  if (verb < 0) return named.length > 0 ? upload(named) : null;
  const paths = operands.slice(verb + 1);
  const target = paths.at(-1) ?? '';
  const remote =
    REMOTE_URL.test(target) || /^[\w-]+:/.test(target) || /^(?:put|mirror|upload\S*)$/.test(operands[verb] ?? '');
  return remote ? upload([...paths, ...named], paths.includes('-')) : upload(named);
};

const input = (): Upload => upload(NOTHING, true);
const operandsAndInput = (step: ProgramWords): Upload => upload(plain(step), true, step.words);

const SENDERS: Readonly<Record<string, (step: ProgramWords) => Upload | null>> = {
  curl,
  wget,
  http: httpie,
  xh: httpie,
  https: httpie,
  scp: copy,
  rsync: copy,
  tar,
  gtar: tar,
  bsdtar: tar,
  socat,
  nc: input,
  ncat: input,
  netcat: input,
  telnet: input,
  websocat: input,
  cryptcat: input,
  openssl: (step) => (/^s_(?:client|server)$/.test(step.args[0] ?? '') ? input() : null),
  ssh: input,
  sftp: operandsAndInput,
  ftp: input,
  lftp: operandsAndInput,
  ncftpput: operandsAndInput,
  tftp: operandsAndInput,
  smbclient: operandsAndInput,
  mail: operandsAndInput,
  mailx: operandsAndInput,
  mutt: operandsAndInput,
  sendmail: input,
  swaks: operandsAndInput,
  croc: operandsAndInput,
  wormhole: operandsAndInput,
  ffsend: operandsAndInput,
  pastebinit: operandsAndInput,
  'gs-netcat': input,
  ipfs: operandsAndInput,
  dig: (step) => upload(NOTHING, false, step.words),
  nslookup: (step) => upload(NOTHING, false, step.words),
  host: (step) => upload(NOTHING, false, step.words),
  whois: (step) => upload(NOTHING, true, step.words),
  ping: (step) => (step.flag('-p') ? upload(NOTHING, true, step.words) : null),
  logger: (step) => (step.flag('-n', '--server') ? operandsAndInput(step) : null),
  aws: storage,
  gcloud: storage,
  gsutil: storage,
  az: storage,
  azcopy: storage,
  rclone: storage,
  s3cmd: storage,
  s5cmd: storage,
  mc: storage,
  b2: storage,
  oci: storage,
  gh: (step) => (step.sub('gist', 'create') || step.sub('release', 'upload') ? upload(step.after(2), true) : null),
  kubectl: (step) => (step.sub('cp') && /:/.test(step.operands.at(-1) ?? '') ? upload(step.after(1)) : null),
};

/** What the step sends; null if it sends nothing. */
export const uploadOf = (step: ProgramWords): Upload | null =>
  !step.isWrapper && Object.hasOwn(SENDERS, step.tool) ? (SENDERS[step.tool]?.(step) ?? null) : null;

export const isSender = (tool: string): boolean => Object.hasOwn(SENDERS, tool);
