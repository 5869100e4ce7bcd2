import { keepPageToken } from './data/session.ts';

/**
 * Takes the page token out of the document that a login answers with, keeps it for this origin, and
 * moves on to the page.
 */
const token = document.documentElement.dataset['pageToken'];
if (token) keepPageToken(token);
location.replace('/');
