/** Files that a program reads, writes and copies, by its words. */
import type { Redirection } from '../../shell/model.ts';
import type { ProgramWords, Transfer } from './program-words.ts';
import { type Sensitivity, sensitivityOf } from './sensitive.ts';
import { uploadOf } from './uploads.ts';

/**
 * How a file is changed: `edit` changes it in place, `link` replaces it by a link, `append` keeps
 * the old content.
 */
export type WriteMode = 'overwrite' | 'append' | 'edit' | 'link' | 'empty';
export interface Write {
  readonly path: string;
  readonly mode: WriteMode;
}

/** Files named by an argument: also `@file`, `file=@file` and `-T=file`. */
export const fileOf = (arg: string): readonly string[] => {
  if (!arg.startsWith('-')) return [arg.replace(/^[\w.-]*=?@/, '')];
  const cut = arg.search(/[=@]/);
  return cut < 0 ? [] : [arg.slice(cut + 1).replace(/^@/, '')];
};

/** Tools whose first operand is a pattern or a program, unless an option gives that. */
const PATTERN_FIRST = /^(?:grep|rg|ag|ack|sed|awk|perl|jq|yq|tr|column)$/;
export const filesAmong = (step: ProgramWords): readonly string[] => {
  // The program text itself is not a file.
  if (step.invocation.code) return step.args.filter((arg) => arg !== step.invocation.code?.text).flatMap(fileOf);
  if (!PATTERN_FIRST.test(step.tool) || step.some(/^-(?:[a-zA-Z]*[ef]|-(?:regexp|file|expression))$/))
    return step.args.flatMap(fileOf);
  const pattern = step.args.findIndex((arg) => !arg.startsWith('-'));
  return step.args.flatMap((arg, at) => (at === pattern ? [] : fileOf(arg)));
};

/** Options of ssh and its relatives whose value is the user's own key or settings. */
const OWN_KEY = /^-[iFl]$/;
/** Programs that are given a secret to use it, or that do not print it. */
const NOT_A_READ = new Set(
  'file stat ssh-keygen code open type vim nano nvim emacs tee install view keytool ssh-add'.split(' '),
);
/** A key in a system directory belongs to a service. */
const SYSTEM_KEY = /^\/(?:etc|root|var|opt|srv|usr|private)\//;
const OWN_PLACE = /^(?:~|\$HOME|\$\{HOME\}|\/home\/[^/]+|\/root)\/\.kube(?:\/config)?\/?$/;
const withoutOwnKeys = (step: ProgramWords): readonly string[] => {
  const keys = new Set(step.args.filter((_, at) => OWN_KEY.test(step.args[at - 1] ?? '')));
  return keys.size === 0 ? step.transfer.sources : step.transfer.sources.filter((path) => !keys.has(path));
};
const secretReads = (step: ProgramWords): readonly string[] => {
  if (step.isWrapper || NOT_A_READ.has(step.tool)) return [];
  switch (step.tool) {
    case 'cp':
    case 'mv':
    case 'ditto':
      // The account's own login data of the cluster, as its installer tells.
      return OWN_PLACE.test(step.transfer.target ?? '')
        ? step.transfer.sources.filter((path) => !/^\/etc\/(?:kubernetes|rancher)\//.test(path))
        : step.transfer.sources;
    case 'scp':
    case 'rsync':
      return withoutOwnKeys(step);
    case 'kubectl':
    case 'docker':
    case 'podman':
    case 'lxc':
      return step.sub('cp') || step.sub('container|file', 'cp|pull') ? step.transfer.sources : [];
    case 'sed':
      return step.some(/^-[a-zA-Z]*i|^--in-place/) ? [] : step.reads;
    case 'openssl':
      return /^(?:enc|base64|aes|des|smime|cms)/.test(step.args[0] ?? '') ? step.reads : [];
    case 'curl':
    case 'wget':
    case 'http':
      return uploadOf(step)?.files ?? [];
    default:
      return step.reads;
  }
};

export const READERS: ReadonlySet<string> = new Set(
  'cat tac bat ul pg hd bvi shuf ptx zcat zless zgrep bzcat xzcat lz4 brotli pigz lzop ar pax cpio shar rar lftp less more most head tail nl strings xxd hexdump od base64 base32 grep rg ag awk sed cut sort uniq cp mv ln scp rsync sftp tar zip 7z gzip bzip2 xz zstd cpio dd tee curl wget nc openssl gpg diff cmp ditto install vim nvim nano emacs code python perl ruby php jq yq column fold rev tr wc view source aws gsutil rclone s3cmd split csplit paste join comm look pr fmt expand unexpand iconv uuencode basenc ssh-keygen john hashcat unshadow lookbin xargs type open pbcopy xclip file stat sqlite3 readarray plutil textutil qlmanage'.split(
    ' ',
  ),
);

const EMPTY_SOURCE = /^\/dev\/(?:null|zero)$/;

export const writeOf = (item: Redirection): readonly Write[] => {
  const path = item.target.text;
  if (/^(?:>|>\||&>|>\?|>!)$/.test(item.operator)) return [{ path, mode: 'overwrite' }];
  if (item.operator === '>&' && !/^(?:\d+|-)$/.test(path)) return [{ path, mode: 'overwrite' }];
  if (/^(?:>>|&>>|<>)$/.test(item.operator)) return [{ path, mode: 'append' }];
  return [];
};

const plainOperands = (step: ProgramWords): readonly string[] => {
  const end = step.args.indexOf('--');
  return step.args.filter((arg, at) => (end >= 0 && at > end) || !isOption(arg));
};
const TARGET_DIRECTORY = /^(?:-[a-zA-Z]*t|--t(?:arget-directory|arget-director|arget-d|arget)?)(?:=(.*))?$/;
export const transferOf = (step: ProgramWords): Transfer => {
  const operands = plainOperands(step);
  for (const [at, arg] of step.args.entries()) {
    const found = step.tool === 'rsync' || step.tool === 'scp' ? null : TARGET_DIRECTORY.exec(arg);
    if (!found) continue;
    const target = found[1] ?? step.args[at + 1];
    return { sources: found[1] === undefined ? operands.filter((path) => path !== target) : operands, target };
  }
  return operands.length > 1
    ? { sources: operands.slice(0, -1), target: operands.at(-1) }
    : { sources: operands, target: undefined };
};
const asWrites = (mode: WriteMode, paths: readonly string[]): readonly Write[] => paths.map((path) => ({ path, mode }));

/** If the target is a directory, the file keeps its own name there. */
const copyTargets = (step: ProgramWords, mode: WriteMode): readonly Write[] => {
  const { sources, target } = step.transfer;
  if (target === undefined) return [];
  const inside = target.endsWith('/') || step.some(TARGET_DIRECTORY);
  const named = inside
    ? sources.map((from) => `${target.replace(/\/$/, '')}/${from.slice(from.lastIndexOf('/') + 1)}`)
    : [target];
  return asWrites(EMPTY_SOURCE.test(sources[0] ?? '') ? 'empty' : mode, named);
};

/** The archive that the step creates: `tar -cf x`, `zip x`, `7z a x`. */
const archives = (step: ProgramWords): readonly Write[] => {
  if (step.tool === 'tar') {
    const creates = step.args.some(
      (arg, at) => /^-[a-zA-Z]*[cru]|^--(?:cr|app|up)/.test(arg) || (at === 0 && /^[a-z]*[cru]/.test(arg)),
    );
    const at = step.args.findIndex((arg, index) => /^-[a-zA-Z]*f$/.test(arg) || (index === 0 && /^[a-z]*f$/.test(arg)));
    const long = step.args.find((arg) => /^--file=/.test(arg))?.slice('--file='.length);
    const file = long ?? (at < 0 ? step.value('--file') : step.args[at + 1]);
    return creates && file !== undefined && file !== '-' ? asWrites('overwrite', [file]) : [];
  }
  const name = step.operands[step.tool === 'zip' ? 0 : 1];
  return name === undefined || name === '-' || (step.tool === '7z' && !step.sub('a|u'))
    ? []
    : asWrites('overwrite', [name]);
};
const outputOption =
  (...names: readonly string[]) =>
  (step: ProgramWords): readonly Write[] => {
    const path = step.value(...names);
    return path === undefined || path === '-' ? [] : asWrites('overwrite', [path]);
  };

const WRITERS: Readonly<Record<string, (step: ProgramWords) => readonly Write[]>> = {
  tee: (step) => asWrites(step.flag('-a', '--append') ? 'append' : 'overwrite', plainOperands(step)),
  sponge: (step) => asWrites('overwrite', plainOperands(step)),
  dd: (step) =>
    asWrites(
      'overwrite',
      step.args.flatMap((arg) => (arg.startsWith('of=') ? [arg.slice(3)] : [])),
    ),
  cp: (step) => copyTargets(step, 'overwrite'),
  mv: (step) => copyTargets(step, 'overwrite'),
  install: (step) => copyTargets(step, 'overwrite'),
  ditto: (step) => copyTargets(step, 'overwrite'),
  rsync: (step) => copyTargets(step, 'overwrite'),
  scp: (step) => copyTargets(step, 'overwrite'),
  ln: (step) => copyTargets(step, 'link'),
  sed: (step) => (step.some(/^-[a-zA-Z]*i|^--in-place/) ? asWrites('edit', plainOperands(step).slice(1)) : []),
  perl: (step) => (step.some(/^-[a-zA-Z0-9]*i/) && !step.isWrapper ? asWrites('edit', plainOperands(step)) : []),
  truncate: (step) => asWrites('empty', plainOperands(step)),
  shred: (step) => asWrites('empty', plainOperands(step)),
  touch: (step) => asWrites('append', plainOperands(step)),
  curl: outputOption('-o', '--output'),
  wget: outputOption('-O', '--output-document'),
  aria2c: outputOption('-o', '--out'),
  'lwp-download': (step) => asWrites('overwrite', plainOperands(step).slice(1)),
  tftp: (step) => asWrites('overwrite', [step.value('-r', '-l') ?? '']),
  openssl: outputOption('-out'),
  gpg: outputOption('-o', '--output'),
  age: outputOption('-o', '--output'),
  uudecode: outputOption('-o'),
  nscurl: outputOption('-o', '--output'),
  screencapture: (step) => asWrites('overwrite', plainOperands(step).slice(-1)),
  import: (step) => asWrites('overwrite', plainOperands(step).slice(-1)),
  scrot: (step) => asWrites('overwrite', plainOperands(step).slice(-1)),
  fswebcam: (step) => asWrites('overwrite', plainOperands(step).slice(-1)),
  arecord: (step) => asWrites('overwrite', plainOperands(step).slice(-1)),
  ffmpeg: (step) => asWrites('overwrite', plainOperands(step).slice(-1)),
  'gnome-screenshot': outputOption('-f', '--file'),
  tcpdump: outputOption('-w'),
  tshark: outputOption('-w'),
  tar: archives,
  zip: archives,
  '7z': archives,
  vim: (step) => asWrites('edit', plainOperands(step)),
  nano: (step) => asWrites('edit', plainOperands(step)),
  ed: (step) => asWrites('edit', plainOperands(step)),
  emacs: (step) => asWrites('edit', plainOperands(step)),
  nvim: (step) => asWrites('edit', plainOperands(step)),
  sudoedit: (step) => asWrites('edit', plainOperands(step)),
  patch: (step) => asWrites('edit', plainOperands(step).slice(0, 1)),
};

/**
 * Files that program text opens for writing: `open('x', 'w')`, `writeFileSync('x')`, perl's
 * `'>x'`.
 */
const CODE_WRITES =
  /open\(\s*["']([^"']+)["']\s*,\s*["'][wax]|(?:writeFileSync|appendFileSync|writeFile|file_put_contents|File\.write|IO\.write|Path)\(\s*["']([^"']+)["'](?:\)\.write_|\s*,)|open\(?\s*(?:my\s+)?\$?\w+\s*,\s*["']>{1,2}["']?\s*,?\s*["']?([^"'\s]+)["']/g;
export const codeWrites = (code: string): readonly Write[] =>
  code === ''
    ? []
    : [...code.matchAll(CODE_WRITES)]
        .slice(0, 16)
        .map((found) => ({ path: found[1] ?? found[2] ?? found[3] ?? '', mode: 'overwrite' }));

export const writesOf = (step: ProgramWords): readonly Write[] =>
  Object.hasOwn(WRITERS, step.tool) ? (WRITERS[step.tool]?.(step) ?? []) : [];

const isOption = (text: string): boolean => text.length > 1 && text.startsWith('-');

/** Kinds of secrets among the files that a step reads. */
export const secretsOf = (step: ProgramWords): ReadonlySet<Sensitivity> => {
  const found = new Set<Sensitivity>();
  for (const named of secretReads(step)) {
    const path = step.located(named);
    const kind = sensitivityOf(path);
    if (kind !== null) found.add(kind === 'key-like' && SYSTEM_KEY.test(path) ? 'key' : kind);
  }
  return found;
};
