import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import type { Context } from '../context.ts';
import { say, sayJson } from '../output/output.ts';

interface Options {
  readonly printUrl?: true;
  readonly json?: true;
}

export function addDashboard(program: Command, context: Context): void {
  program
    .command('dashboard')
    .description('open the dashboard in your browser, logged in')
    .option('--print-url', 'print the address of the one-time login file instead of opening it')
    .option('--json', 'print one JSON object instead of opening it')
    .action(async (options: Options) => {
      const { file, url } = await callAdmin(context.places().socket, 'dashboard.link', {});
      const link = `file://${encodeURI(file)}`;
      if (options.json) sayJson(context, { url, file, link });
      else if (options.printUrl) say(context, link);
      else await open(context, link);
    });
}

/**
 * Passes a file, not a token, to the browser: other users can see arguments but cannot read the
 * file.
 */
async function open(context: Context, link: string): Promise<void> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opened = await new Promise<boolean>((resolve) => {
    const browser = spawn(program, [link], { stdio: 'ignore', detached: true });
    browser.once('error', () => resolve(false));
    browser.once('spawn', () => resolve(true));
    browser.unref();
  });
  say(
    context,
    opened
      ? 'Opening the dashboard in your browser.'
      : `Open this file in a browser on this machine within two minutes: ${link}`,
  );
}
