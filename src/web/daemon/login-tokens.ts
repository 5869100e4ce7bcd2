import { randomBytes } from 'node:crypto';
// `promises` is accessed when used, not at the start: the idle service does not load it.
import { promises as files } from 'node:fs';
import { join } from 'node:path';
import { type OriginLabel, originUrl } from '../origins.ts';
import { sameHash, secretHash } from '../session-store.ts';

/** A login link must be opened within this time, and opens once. */
export const LOGIN_MS = 2 * 60_000;
const MAX_OPEN = 8;

interface OpenLogin {
  /** Of the origin that this login is for. */
  readonly label: string;
  readonly hash: string;
  readonly file: string;
  readonly expiresMs: number;
  readonly timer: NodeJS.Timeout;
}

export interface LoginTokensOptions {
  /** Directory of mode 0700 for the login files. */
  readonly folder: string;
  readonly port: number;
  /** The labels of the open logins, whenever they change. */
  readonly onChange: (labels: readonly string[]) => void;
  readonly now: () => number;
  readonly lifetimeMs?: number;
}

/**
 * Mints one-time logins. The token is in a file that only its owner can read and travels in a POST
 * body: never in an argument list, a URL, a log or the browser's history (docs/design.md §12). Only
 * its hash is kept here.
 */
export class LoginTokens {
  #open: readonly OpenLogin[] = [];

  constructor(private readonly options: LoginTokensOptions) {}

  async mint(): Promise<{ readonly file: string }> {
    const token = randomBytes(32).toString('base64url');
    const file = join(this.options.folder, `login-${randomBytes(8).toString('hex')}.html`);
    const label = randomBytes(16).toString('hex');
    await files.writeFile(file, loginPage(label, this.options.port, token), { mode: 0o600, flag: 'wx' });
    await files.chmod(file, 0o600);
    const lifetimeMs = this.options.lifetimeMs ?? LOGIN_MS;
    const timer = setTimeout(() => this.#forget(login), lifetimeMs).unref();
    const login: OpenLogin = {
      label,
      hash: secretHash(token),
      file,
      expiresMs: this.options.now() + lifetimeMs,
      timer,
    };
    this.#open = [...this.#open, login];
    for (const surplus of this.#open.slice(0, -MAX_OPEN)) this.#forget(surplus);
    this.options.onChange(this.labels());
    return { file };
  }

  /** Labels of the origins of the open logins. */
  labels(): readonly string[] {
    return this.#open.map(({ label }) => label);
  }

  /**
   * True once for a token that was minted less than two minutes ago, at its own origin or at a
   * plain name. Its file is removed. There is no limit on attempts, which somebody else could use
   * up: a token has 256 random bits and lives for two minutes, so it cannot be guessed.
   */
  redeem(token: string, label: OriginLabel): boolean {
    const hash = secretHash(token);
    const login = this.#open.find((open) => sameHash(open.hash, hash));
    if (!login || (label !== null && login.label !== label)) return false;
    this.#forget(login);
    return login.expiresMs > this.options.now();
  }

  /** Revokes all open logins. */
  close(): void {
    for (const login of this.#open) this.#forget(login);
  }

  #forget(login: OpenLogin): void {
    clearTimeout(login.timer);
    this.#open = this.#open.filter((open) => open !== login);
    this.options.onChange(this.labels());
    // The file may be gone already: the runtime directory is emptied by the system at logout.
    files.unlink(login.file).catch(() => undefined);
  }
}

/**
 * A page that posts the token by script, or by a button without scripts. It is opened from disk, so
 * no policy of the server applies. A browser that does not resolve names under `localhost` fails to
 * reach the login's own origin and posts to the plain name.
 */
function loginPage(label: string, port: number, token: string): string {
  const [own, plain] = [originUrl(label, port), originUrl(null, port)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Opening the Caro dashboard</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; text-align: center }
button { font: inherit; padding: .5rem 1.25rem; border-radius: .5rem; border: 1px solid; background: none; color: inherit; cursor: pointer }
</style>
</head>
<body>
<form method="post" action="${own}login" id="login">
<input type="hidden" name="login" value="${token}">
<p>Opening your dashboard …</p>
<button>Open the dashboard</button>
<noscript><p>If this browser does not find that page:</p>
<button formaction="${plain}login">Open it at localhost</button></noscript>
</form>
<script>
const form = document.getElementById('login');
fetch('${own}reach', { mode: 'no-cors', cache: 'no-store' })
  .catch(() => { form.action = '${plain}login'; })
  .then(() => form.submit());
</script>
</body>
</html>
`;
}
