import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { examine } from '../doctor/checks.ts';
import type { Outcome } from '../doctor/verdict.ts';
import { harmless, paint, type Style, say, sayJson } from '../output/output.ts';

const STYLES: Readonly<Record<Outcome['state'], Style>> = { ok: 'green', warn: 'yellow', bad: 'red' };

export function addDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .description('check the installation and print how to fix what is wrong')
    .option('--json', 'print JSON lines')
    .action(async (options: { readonly json?: true }) => {
      for await (const outcome of examine(context)) {
        if (outcome.state === 'bad') context.failed();
        if (options.json) sayJson(context, outcome);
        else sayOutcome(context, outcome);
      }
    });
}

function sayOutcome(context: Context, { check, state, text }: Outcome): void {
  const [first = '', ...others] = text.split('\n').map(harmless);
  say(context, `${paint(context, STYLES[state], state.padEnd(4))}  ${check.padEnd(14)}  ${first}`);
  for (const line of others) say(context, `${' '.repeat(22)}${line}`);
}
