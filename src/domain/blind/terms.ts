/* Terms of blind totals that configuration and documents share. */

/** What a node does for the tasks of others, besides reporting for its own one. */
export const BLIND_ROLES = ['none', 'leader', 'trustee'] as const;
export type BlindRole = (typeof BLIND_ROLES)[number];

/** Smallest number of nodes behind a total. */
export const FLOOR = { least: 5, most: 1_000_000, usual: 20 } as const;

/** Limits of the other numbers of a task, and their usual values. */
export const WINDOW_HOURS = { least: 24, most: 720, usual: 72 } as const;
export const COMPLETE_PERCENT = { least: 50, most: 100, usual: 80 } as const;
export const SEASON_DAYS = { least: 1, most: 365, usual: 7 } as const;
export const NOISE_SD = { least: 0, most: 1_000, usual: 0 } as const;
