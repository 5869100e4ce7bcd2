/**
 * Classifies paths in commands by their text and the working directory, without file system access.
 */

import type { Directory } from '../../shell/model.ts';

/** Where a command runs. Both are optional, because imported history has neither. */
export interface PathContext {
  readonly cwd?: string;
  readonly home?: string;
}

/**
 * root: `/` or everything in it · home: a whole home directory · system: a top-level system
 * directory, or everything in it · system-part: something inside one · installed: software that was
 * added to the system, or its sources · device: a disk or partition
 * · scratch: temporary or generated, normal to delete · here, parent: the working directory or one
 * above it, or everything in them · personal: inside a home directory · absolute, relative: other
 * paths · unknown: starts with something known only at run time.
 */
export type PathKind =
  | 'root'
  | 'home'
  | 'system'
  | 'system-part'
  | 'installed'
  | 'device'
  | 'scratch'
  | 'here'
  | 'parent'
  | 'personal'
  | 'absolute'
  | 'relative'
  | 'unknown';

const SYSTEM =
  /^\/(?:bin|sbin|boot|dev|etc|lib|lib32|lib64|libx32|opt|proc|root|run|srv|sys|usr|var|mnt|media|home|Users|System|Library|Applications|Volumes|private|private\/(?:etc|var)|nix|snap|cores|[cC]:?|Windows|mnt\/[a-z](?:\/(?:Users|Windows))?|usr\/(?:bin|sbin|lib|lib64|local|share|include|src|local\/bin|local\/lib)|var\/(?:lib|log|www|spool|db|mail|run|backups|lib\/docker|lib\/mysql|lib\/postgresql)|etc\/(?:ssh|ssl|pam\.d|systemd|sudoers\.d))$/;
const SYSTEM_PART =
  /^\/(?:bin|sbin|boot|dev|etc|lib|lib32|lib64|proc|root|run|srv|sys|usr|var|opt|System|Library|Applications|private\/(?:etc|var)|Windows)\//;
const HOME = /^(?:~[\w.-]*|\/home\/[^/]+|\/Users\/[^/]+|\/root|\/var\/root|\/export\/home\/[^/]+)$/;
const PERSONAL = /^(?:~[\w.-]*|\/home\/[^/]+|\/Users\/[^/]+|\/root|\/var\/root)\//;
export const DEVICE =
  /^\/dev\/(?:(?:r?disk\d|sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d|mmcblk\d|loop\d|md\d|dm-\d|sr\d|nbd\d|zd\d|ada\d|da\d|mtd\w?\d)\w*|(?:mapper|disk|vg\w*|md|zvol|block)\/.+|(?:k?mem|port|core))$/;
const TEMPORARY =
  /^(?:\/private)?(?:\/var)?\/tmp\/.|^\/dev\/shm\/.|^\/(?:var\/folders|scratch)\/.|^\$\{?(?:TMPDIR|TMP|TEMP|RUNNER_TEMP|XDG_RUNTIME_DIR)(?::-[^}]*)?\}?\/?./;
const GENERATED =
  /^(?:node_modules|bower_components|jspm_packages|build|builds|dist|out|output|target|tmp|temp|te?mp[_-].*|.*[_-]te?mp|coverage|htmlcov|site|_site|public\/build|storybook-static|__pycache__|venv|\.venv|env|\.env\.d|vendor\/bundle|Pods|DerivedData|cmake-build-.*|bazel-.*|_build|deps|obj|logs?|artifacts|reports?|test-results|playwright-report|generated|zig-out|zig-cache|elm-stuff|\.(?:next|nuxt|output|svelte-kit|angular|turbo|cache|parcel-cache|vite|gradle|tox|nox|eggs|pytest_cache|mypy_cache|ruff_cache|nyc_output|terraform|dart_tool|sass-cache|ipynb_checkpoints|idea|vscode-test|serverless|aws-sam|docusaurus|expo|webpack|rollup\.cache|stack-work|bloop|metals|hypothesis|tmp|temp|build|dist)|.*\.egg-info|.*\.(?:pyc|pyo|o|obj|class|tmp|temp|log|bak|old|orig|rej|swp|swo|tsbuildinfo|cache|lock|pid|out|gcda|gcno|DS_Store)|.*~|\.DS_Store)$/;

/** Caches and documentation, which can be made again. */
const CACHE =
  /^\/var\/(?:cache|lib\/apt\/lists|lib\/dnf|tmp|log\/(?:dnf|yum|apt|dpkg|hawkey|alternatives|bootstrap|anaconda)[\w.]*)(?:\/|$)|^\/usr\/(?:local\/)?share\/(?:doc|man|info|locale|i18n|groff|lintian|gtk-doc|help|\.cache)(?:\/|$)|^(?:~[\w.-]*|\/root|\/(?:home|Users)\/[^/]+)?\/(?:Library\/(?:Caches|Logs\/Homebrew|Developer\/Xcode\/DerivedData)|\.(?:cache|npm|yarn\/cache|gradle\/caches|cargo\/registry|m2\/repository|local\/share\/Trash|Trash|composer\/cache|pnpm-store|node-gyp|nuget\/packages|pub-cache|conda\/pkgs|bundle\/cache|gem\/cache)|go\/pkg\/mod)(?:\/|$)|\/conda\/pkgs(?:\/|$)/;
/**
 * What an administrator or an image added: `/usr/local/go`, `/opt/app`, `/usr/src/python`, `/app`.
 */
const INSTALLED =
  /^\/(?:usr\/local\/(?!(?:s?bin|lib|share|etc|include)(?:\/|$))[^/]+|usr\/local\/(?:lib|share|src)\/[^/]+|usr\/src\/[^/]+|opt\/[^/]+|(?:src|app|apps|code|workspace|work|install|installer|setup|deps|wheels?|scripts|download|downloads)(?=\/|$))/;
/**
 * Enabled sites of web servers, package sources and other directories of settings in pieces: a
 * piece is easy to restore. Not those of logins, logs and guards.
 */
const FRAGMENT =
  /^\/etc\/(?:(?:nginx|apache2|httpd)\/(?:conf\.d|sites-enabled|sites-available|conf-enabled|mods-enabled)|(?!pam|sudo|ssh|audit|rsyslog|syslog|apparmor|security|fail2ban|ufw|polkit|systemd\/journald)(?:[\w-]+\/)?[\w.-]+\.d)\/[^/]+$/;
/** Files that programs write again when they miss them. */
const REBUILT = /(?:^|\/)(?:__pycache__|[^/]+\.(?:py[co]|cache)|\.cache)$/;

/** PATH_MAX of Linux. */
const MAX_PATH_LENGTH = 4096;

/**
 * Resolves `.`, `..` and empty parts. `..` is kept after an unknown part (`$X`, `*`) or another
 * `..`.
 */
const resolved = (path: string): string => {
  const parts: string[] = [];
  const rooted = path.startsWith('/');
  for (const part of path.split('/')) {
    const last = parts.at(-1);
    if (part === '' || (part === '.' && (rooted || parts.length > 0))) continue;
    if (part !== '..') parts.push(part);
    else if (last === undefined) {
      if (!rooted) parts.push(part);
    } else if (last === '..' || /[$*`]/.test(last)) parts.push(part);
    else parts.pop();
  }
  return rooted ? `/${parts.join('/')}` : parts.join('/');
};

/**
 * Normalizes a path: resolves repeated and trailing slashes, `/./` and `/../`, and replaces `$HOME`
 * by `~`.
 */
export const normalPath = (text: string): string => {
  const path = text.slice(0, MAX_PATH_LENGTH).replace(/^(?:\$HOME|\$\{HOME(?::?[-=?][^}]*)?\})(?=\/|$)/, '~');
  return /\/[./]|\/$/.test(path) ? resolved(path.replace(/^file:\/\//, '')) || '.' : path;
};

/**
 * The directory that a pattern covers entirely: `dir/*`, `dir/.*` and `dir/{*,.*}` cover `dir`;
 * `dir/*.log` does not.
 */
const coveredDirectory = (written: string): string => {
  // zsh glob qualifiers restrict a pattern; which files remain is unknown.
  const path = written.replace(/(?<=[*?\]/])\([^)]*\)$/, '');
  const match = /^(.*?)\/?(?:\*+|\.\*|\.\[!?[^\]]*\]\*|\{[*.,?[\]!^]+\}|\?\*|\*\/\*|\*\.\*)$/.exec(path);
  if (!match) return path;
  const [, dir = ''] = match;
  return dir === '' ? (path.startsWith('/') ? '/' : '.') : dir;
};

const absolute = (path: string, context: PathContext): string => {
  if (/^[/~$`(]/.test(path) || /^[a-zA-Z]:[\\/]/.test(path) || !context.cwd) return path;
  return normalPath(`${context.cwd}/${path}`);
};

const TOP = 'bin boot dev etc home lib lib64 opt proc root run sbin srv sys usr var'.split(' ');
/** `/[a-z]*` and `/v*` match directories of the system. */
const coversTop = (path: string): boolean => {
  const [, beginning] = /^\/(\w*)[*?[][^/]*$/.exec(path) ?? [];
  return beginning !== undefined && TOP.some((name) => name.startsWith(beginning));
};

const kindOfAbsolute = (path: string): PathKind => {
  if (path === '/') return 'root';
  if (isTemporary(path) || ((CACHE.test(path) || REBUILT.test(path)) && !path.includes('/..'))) return 'scratch';
  if (DEVICE.test(path)) return 'device';
  if (HOME.test(path)) return 'home';
  if (SYSTEM.test(path)) return 'system';
  if (PERSONAL.test(path))
    return GENERATED.test(lastPart(path)) || /^[^/]*\/\.cache\/./.test(path) ? 'scratch' : 'personal';
  if (INSTALLED.test(path) || FRAGMENT.test(path)) return 'installed';
  if (SYSTEM_PART.test(path)) return 'system-part';
  return GENERATED.test(lastPart(path)) ? 'scratch' : 'absolute';
};

/** `$TMPDIR/../etc` is not in the temporary directory. */
const isTemporary = (path: string): boolean => TEMPORARY.test(path) && !/\/\.\.(?:\/|$)/.test(path);

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const GENERATED_ANYWHERE =
  /(?:^|\/)(?:node_modules|__pycache__|\.venv|venv|dist|build|target|\.next|\.cache|tmp|coverage)\//;

/**
 * Classifies a path. `context.cwd` makes relative paths absolute; `context.home` identifies the
 * user's home directory.
 */
export const pathKind = (text: string, context: PathContext = {}): PathKind => {
  const written = coveredDirectory(normalPath(text.trim()));
  if (isTemporary(written) || /^(?:\/private)?(?:\/var)?\/tmp\/./.test(normalPath(text.trim()))) return 'scratch';
  const path = coveredDirectory(written);
  if (path !== '/' && coversTop(normalPath(text.trim()))) return 'system';
  if (path === '.' || path === '../' || path === '$PWD' || path === '${PWD}' || path === '$(pwd)' || path === '`pwd`') {
    const here = context.cwd ? kindOfAbsolute(normalPath(context.cwd)) : 'here';
    if (isTemporary(normalPath(context.cwd ?? ''))) return 'scratch';
    return here === 'root' || here === 'home' || here === 'system' ? here : 'here';
  }
  if (/^\.\.(?:\/\.\.)*$/.test(path)) return 'parent';
  if (/^[$`(]/.test(path)) return 'unknown';
  if (context.home && (path === context.home || absolute(path, context) === context.home)) return 'home';
  if (path.startsWith('/') || path.startsWith('~')) return kindOfAbsolute(path);
  if (/^[a-zA-Z]:[\\/]*(?:\*|Windows.*|Users.*)?$/.test(path)) return 'root';
  const plain = path.replace(/^\.\//, '');
  if (GENERATED.test(lastPart(plain)) || GENERATED_ANYWHERE.test(plain)) return 'scratch';
  if (!context.cwd) return 'relative';
  const full = kindOfAbsolute(absolute(plain, context));
  return full === 'personal' || full === 'absolute' || full === 'device' ? 'relative' : full;
};

/** The working directory of a command; undefined if it is known only at run time. */
const directoryPath = ({ path }: Directory, { cwd }: PathContext): string | undefined => {
  if (path === '') return undefined;
  return normalPath(/^[/~$]/.test(path) || cwd === undefined ? path : `${cwd}/${path}`);
};

/** A path that is known as a whole before the line runs. */
const isKnown = (path: string): boolean => /^[/~]/.test(path) && !/[$*`]/.test(path);

/** `~` and `~/…` as paths of the user's home directory, where that is known. */
export const withHome = (path: string, { home }: PathContext): string =>
  home !== undefined && /^~(?=\/|$)/.test(path) ? normalPath(`${home}/${path.slice(1)}`) : path;

/**
 * Where a command runs: behind a `cd` on the line that may have failed, in one of two directories.
 * Empty if it is known only at run time.
 */
export const workingDirectories = (directory: Directory | null, context: PathContext): readonly string[] => {
  const began = context.cwd === undefined ? [] : [normalPath(context.cwd)];
  if (directory === null) return began;
  const moved = directoryPath(directory, context);
  if (moved === undefined || !isKnown(moved)) return [];
  return [withHome(moved, context), ...(directory.certain ? [] : began)];
};

/** Absolute, on another host, or known only at run time. */
const NOT_RELATIVE = /^(?:[/~$`(-]|[\w.@-]+:)|^$/;
/**
 * A relative path as seen from where the line began. Without `cd` on the line, paths in directories
 * of the system become absolute; others stay as written.
 */
export const locatedPath = (path: string, directory: Directory | null, context: PathContext): string => {
  const { cwd } = context;
  if ((directory === null && cwd === undefined) || NOT_RELATIVE.test(path)) return path;
  if (directory === null) return SYSTEM_PART.test(`${cwd}/`) ? normalPath(`${cwd}/${path}`) : path;
  const from = directoryPath(directory, context);
  return from === undefined ? path : normalPath(`${from}/${path}`);
};

const WORSE: ReadonlySet<PathKind> = new Set(['root', 'home', 'system', 'system-part', 'device']);
/**
 * Classifies a path that is used after `cd` on the line. If the `cd` may have failed, the worse of
 * both directories counts.
 */
export const kindFrom = (path: string, directory: Directory | null, context: PathContext): PathKind => {
  const from = directory === null ? undefined : directoryPath(directory, context);
  if (directory === null || from === undefined) return pathKind(path, context);
  const moved = /^[/~]/.test(from)
    ? pathKind(path, { ...context, cwd: from })
    : pathKind(locatedPath(path, directory, context), context);
  return directory.certain || WORSE.has(moved) ? moved : pathKind(path, context);
};
