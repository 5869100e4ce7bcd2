/** Light, dark, or same as system has it. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'caro.theme';

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((known) => known === kept) ?? 'auto';
}

/** Notifies canvases of a new theme, because they cannot inherit colors. */
export const THEME_CHANGED = 'caro-theme';

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  applyTheme();
}

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme();
  dispatchEvent(new Event(THEME_CHANGED));
}
