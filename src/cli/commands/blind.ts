import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addBlindParticipation } from './blind-participation.ts';
import { addBlindTasks } from './blind-tasks.ts';
import { addBlindTotals } from './blind-totals.ts';

export function addBlind(program: Command, context: Context): void {
  const blind = program.command('blind').description('blind totals: figures of a group without those of a node');
  addBlindParticipation(blind, context);
  addBlindTasks(blind, context);
  addBlindTotals(blind, context);
}
