/** The views of the page, by the name in the address. */
export const VIEWS = {
  today: 'Activity',
  team: 'Team',
  posture: 'Security posture',
  rules: 'Rules',
  privacy: 'Privacy',
  audit: 'Audit log',
} as const;
export type ViewName = keyof typeof VIEWS;
