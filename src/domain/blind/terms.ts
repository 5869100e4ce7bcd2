/* Terms of blind totals that configuration and documents share. */

/** What a node does for the tasks of others, besides reporting for its own one. */
export const BLIND_ROLES = ['none', 'leader', 'trustee'] as const;
export type BlindRole = (typeof BLIND_ROLES)[number];

/** Smallest number of nodes behind a total. */
export const FLOOR = { least: 5, most: 1_000_000, usual: 20 } as const;
