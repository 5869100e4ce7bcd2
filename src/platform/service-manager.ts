import { execFile } from 'node:child_process';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Notifies systemd that the service is ready, and then regularly that its event loop runs
 * (sd_notify(3), docs/adr/0010). systemd restarts a service that stops notifying. To be called once
 * everything listens, and under systemd only (`NOTIFY_SOCKET`).
 *
 * @returns a function that ends the notifications
 */
export async function tellServiceManager(env: Env, onFault: (error: unknown) => void): Promise<() => void> {
  const say = (...words: readonly string[]): Promise<void> =>
    new Promise((done) => {
      // Node.js has no Unix datagram sockets. systemd's own program returns once systemd has read
      // the message.
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
 * Watchdog timeout of systemd in ms; null where there is none for this process
 * (sd_watchdog_enabled(3)).
 */
function watchdogMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: Env): number | null {
  const ms = Number(usec) / 1_000;
  return ms > 0 && (pid === undefined || Number(pid) === process.pid) ? ms : null;
}
