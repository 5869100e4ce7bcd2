const KEY = 'caro.put-away';

/**
 * Notices that the owner dismissed in this browser: name of the fault, and how often it had
 * happened.
 */
export function dismissedNotices(): readonly string[] {
  return (localStorage.getItem(KEY) ?? '').split('\n');
}

/** Adds one, which replaces an earlier one of the same kind. */
export function dismissNotice(past: string): void {
  const [kind] = past.split(' ');
  const others = dismissedNotices().filter((kept) => kept !== '' && kept.split(' ')[0] !== kind);
  localStorage.setItem(KEY, [...others, past].join('\n'));
}
