const KEY = 'caro.page-token';

/**
 * The half of the login that only this origin has. Cookies are shared between the ports of a host;
 * local storage is not.
 */
export const pageToken = (): string => localStorage.getItem(KEY) ?? '';
export const keepPageToken = (token: string): void => localStorage.setItem(KEY, token);
export const forgetPageToken = (): void => localStorage.removeItem(KEY);
