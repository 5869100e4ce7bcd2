import type { Command } from 'commander';
import { problemLine } from '../../config/problem.ts';
import type { Context } from '../context.ts';
import { configurationProblems } from '../output/configuration-problems.ts';
import { configurationWarnings } from '../output/configuration-warnings.ts';
import { say, sayJson } from '../output/output.ts';

export function addConfig(program: Command, context: Context): void {
  const config = program.command('config').description('the settings of this node');
  config
    .command('check')
    .description('check the configuration and run its trust tests')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const { config: file, managed } = context.places();
      const problems = configurationProblems(context);
      if (problems.length > 0) context.failed('config_invalid');
      const warnings = problems.length === 0 ? await configurationWarnings(context) : [];
      if (options.json) sayJson(context, { ok: problems.length === 0, file, managed, problems, warnings });
      else if (problems.length === 0) say(context, `${file}: valid`);
      for (const problem of options.json ? [] : problems) say(context, problemLine(problem));
      for (const warning of options.json ? [] : warnings) say(context, `Warning: ${warning}`);
    });
}
