/** The views of the page, by the name in the address. */
export const VIEWS = {
  today: 'Activity',
  posture: 'Posture',
  fleet: 'Fleet',
  ask: 'Ask',
  rules: 'Rules',
  privacy: 'Privacy',
  audit: 'Audit log',
} as const;
export type ViewName = keyof typeof VIEWS;
