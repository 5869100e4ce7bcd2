const KEY = 'caro.put-away';

/**
 * What the owner has put away on this browser: names of troubles that are over, each with how often
 * they had happened.
 */
export function dismissedNotices(): readonly string[] {
  return (localStorage.getItem(KEY) ?? '').split('\n');
}

/** Keeps one more, in place of what was kept of the same kind. */
export function dismissNotice(past: string): void {
  const [kind] = past.split(' ');
  const others = dismissedNotices().filter((kept) => kept !== '' && kept.split(' ')[0] !== kind);
  localStorage.setItem(KEY, [...others, past].join('\n'));
}
