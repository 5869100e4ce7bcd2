// Imported first: it requests the first figures.
import './data/early.ts';
import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './model/theme.ts';

applyTheme();
const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(<App />, root);
}
