/** ISO 8601 weeks begin on Mondays. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Position of an instant in the week of this machine's time zone. */
export interface LocalTime {
  /** 0–23. */
  readonly hour: number;
  /** Index in `WEEKDAYS`. */
  readonly weekday: number;
}

export function localTime(ms: number): LocalTime {
  const local = new Date(ms);
  return { hour: local.getHours(), weekday: (local.getDay() + 6) % 7 };
}
