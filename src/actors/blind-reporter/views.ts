import type { OpenedTask } from '../../blind/task.ts';
import type { Delivery, ReportedDay, TaskView } from '../../domain/blind/participation.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { DayRow } from '../../storage/blind/report-store.ts';

export const ROLES = ['leader', 'trustee'] as const;

export function taskView({ id, task }: OpenedTask): TaskView {
  const { name, layout, leader, trustee, floor, windowHours, completePercent, seasonDays, noiseSd } = task;
  return {
    id,
    name,
    layout,
    leader: leader.node,
    trustee: trustee.node,
    floor,
    windowHours,
    completePercent,
    seasonDays,
    noiseSd,
  };
}

export function reportedDay({ day, task, dueMs, madeMs, release, deliveries }: DayRow, givenUp: boolean): ReportedDay {
  const delivery = (role: 'leader' | 'trustee'): Delivery | null => {
    const found = deliveries.find((row) => row.role === role);
    if (!found) return null;
    return { receivedAt: found.receivedMs === null ? null : isoTime(found.receivedMs), refused: found.refused };
  };
  return {
    day,
    task,
    release,
    givenUp,
    dueAt: isoTime(dueMs),
    madeAt: madeMs === null ? null : isoTime(madeMs),
    leader: delivery('leader'),
    trustee: delivery('trustee'),
  };
}
