import { keepPageToken } from './data/session.ts';

/**
 * Stores the page token of the login's answer for this origin, then opens the page.
 */
const token = document.documentElement.dataset['pageToken'];
if (token) keepPageToken(token);
location.replace('/');
