/** Position of an instant in the week of this machine's time zone. */
export interface LocalTime {
  /** 0–23. */
  readonly hour: number;
  /** 0 Monday … 6 Sunday (ISO 8601). */
  readonly weekday: number;
}

export function localTime(ms: number): LocalTime {
  const local = new Date(ms);
  return { hour: local.getHours(), weekday: (local.getDay() + 6) % 7 };
}
