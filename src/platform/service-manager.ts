import { execFile } from 'node:child_process';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Tells systemd that the service is up and, while its event loop turns, that it is alive
 * (sd_notify(3), docs/adr/0010). A service that hangs is silent, and systemd starts it again. To be
 * called once everything listens, under systemd only (`NOTIFY_SOCKET`).
 *
 * @returns ends the signs of life; the process goes on
 */
export async function tellServiceManager(env: Env, onFault: (error: unknown) => void): Promise<() => void> {
  const say = (...words: readonly string[]): Promise<void> =>
    new Promise((done) => {
      // Node has no datagram sockets in the file system; systemd's own program waits until its word
      // was heard.
      execFile('systemd-notify', words, { env: { ...env }, timeout: 10_000 }, (error) => {
        if (error) onFault(error);
        done();
      });
    });
  await say('--ready');
  const everyMs = watchdogMs(env);
  if (everyMs === null) return () => undefined;
  const timer = setInterval(() => void say('WATCHDOG=1'), everyMs / 2).unref();
  return () => clearInterval(timer);
}

/**
 * How long systemd waits for a sign of life, in ms; null where it does not, or not of this process
 * (sd_watchdog_enabled(3)).
 */
function watchdogMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: Env): number | null {
  const ms = Number(usec) / 1_000;
  return ms > 0 && (pid === undefined || Number(pid) === process.pid) ? ms : null;
}
