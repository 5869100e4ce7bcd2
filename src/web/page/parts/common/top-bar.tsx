import { useState } from 'preact/hooks';
import type { Status } from '../../data/contract.ts';
import { chooseTheme, THEMES, type Theme, theme } from '../../model/theme.ts';
import { VIEWS, type ViewName } from '../../model/views.ts';
import { MeshPill } from './mesh-pill.tsx';

interface TopBarProps {
  readonly view: ViewName;
  readonly status: Status | null;
  /** Whether `status` is that of now. */
  readonly isKnown: boolean;
  readonly onLogOut: () => void;
}

/** Node name, navigation and mesh status (FR-805), on every view. */
export function TopBar({ view, status, isKnown, onLogOut }: TopBarProps) {
  return (
    <header class="bar">
      <div class="bar-in">
        <a class="wordmark" href="#/today">
          Caro
        </a>
        {status && (
          <span class="node" title={`${status.node.id}, fingerprint ${status.node.fingerprint}`}>
            <span class="node-name">{status.node.name}</span>
          </span>
        )}
        <nav class="views" aria-label="Views">
          {offered(status).map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
              {VIEWS[name]}
            </a>
          ))}
        </nav>
        <div class="bar-end">
          {isKnown ? <MeshPill mesh={status?.mesh ?? null} /> : <span class="pill quiet">Mesh: unknown</span>}
          <ThemeSwitch />
          <button type="button" class="plain" onClick={onLogOut}>
            Log out
          </button>
        </div>
      </div>
    </header>
  );
}

/** The role of a node determines which views it offers (docs/design.md §4). */
const ROLES_OF: Readonly<Partial<Record<ViewName, readonly Status['node']['role'][]>>> = {
  posture: ['security'],
  fleet: ['admin', 'security'],
  ask: ['admin', 'security'],
};

const offered = (status: Status | null): readonly ViewName[] =>
  (Object.keys(VIEWS) as ViewName[]).filter((name) => {
    const roles = ROLES_OF[name];
    return roles === undefined || (status !== null && roles.includes(status.node.role));
  });

const THEME_NAMES: Readonly<Record<Theme, string>> = { auto: 'same as system', light: 'light', dark: 'dark' };
const THEME_SIGNS: Readonly<Record<Theme, string>> = { auto: '◐', light: '○', dark: '●' };

function ThemeSwitch() {
  const [chosen, setChosen] = useState(theme);
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length] ?? 'auto';
  const change = (): void => {
    chooseTheme(next);
    setChosen(next);
  };
  return (
    <button
      type="button"
      class="plain sign"
      onClick={change}
      aria-label={`Colours: ${THEME_NAMES[chosen]}. Change to ${THEME_NAMES[next]}`}
      title={`Colours: ${THEME_NAMES[chosen]}`}
    >
      <span aria-hidden="true">{THEME_SIGNS[chosen]}</span>
    </button>
  );
}
