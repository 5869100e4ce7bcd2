import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError, logOut, read } from './data/api.ts';
import type { Status } from './data/contract.ts';
import { VIEWS, type ViewName } from './model/views.ts';
import { Locked } from './parts/common/locked.tsx';
import { Notices } from './parts/common/notices.tsx';
import { TopBar } from './parts/common/top-bar.tsx';
import { AuditView } from './views/audit.tsx';
import { FleetView } from './views/fleet.tsx';
import { MeshView } from './views/mesh.tsx';
import { PersonalView } from './views/personal.tsx';
import { PostureView } from './views/posture.tsx';
import { PrivacyView } from './views/privacy.tsx';
import { RulesView } from './views/rules.tsx';

/**
 * The page: a bar, and the view that the fragment after `#/` names.
 */
export function App() {
  const [view, setView] = useState<ViewName>(viewOfAddress);
  const [status, setStatus] = useState<Status | null>(null);
  const [locked, setLocked] = useState(false);
  useEffect(() => {
    const follow = (): void => {
      // The skip link has a fragment of its own.
      if (!location.hash.startsWith('#/')) return;
      setView(viewOfAddress());
      window.scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    document.title = status ? `Caro – ${VIEWS[view]} – ${status.node.name}` : `Caro – ${VIEWS[view]}`;
  }, [view, status?.node.name]);
  const lock = useCallback(() => setLocked(true), []);
  useStatus(view !== 'today', setStatus, lock);
  const isKnown = useFreshness(status);
  if (locked) return <Locked />;
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <TopBar view={view} status={status} isKnown={isKnown} onLogOut={() => void logOut().finally(lock)} />
      <main class="page" id="content" tabIndex={-1}>
        <Notices status={status} />
        {view === 'today' && <PersonalView onStatus={setStatus} onLocked={lock} />}
        {view === 'posture' && <PostureView onLocked={lock} />}
        {view === 'fleet' && <FleetView onLocked={lock} />}
        {view === 'ask' && <MeshView status={status} onLocked={lock} />}
        {view === 'rules' && <RulesView onLocked={lock} />}
        {view === 'privacy' && <PrivacyView onLocked={lock} />}
        {view === 'audit' && <AuditView status={status} onLocked={lock} />}
      </main>
    </>
  );
}

const STATUS_MS = 10_000;

/** The personal view loads the status itself; for the others it is polled here. */
function useStatus(wanted: boolean, take: (status: Status) => void, onLocked: () => void): void {
  useEffect(() => {
    if (!wanted) return;
    const isOver = (error: unknown): void => {
      if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
    };
    const look = (): void => {
      if (document.visibilityState === 'visible') read<Status>('/api/status').then(take, isOver);
    };
    look();
    const timer = setInterval(look, STATUS_MS);
    return () => clearInterval(timer);
  }, [wanted, take, onLocked]);
}

/** Longer than any view takes to read the status again. */
const STALE_MS = 35_000;

/** False once the last status is old: the service does not answer. */
function useFreshness(status: Status | null): boolean {
  const [isFresh, setFresh] = useState(true);
  useEffect(() => {
    setFresh(true);
    const timer = setTimeout(() => setFresh(false), STALE_MS);
    return () => clearTimeout(timer);
  }, [status]);
  return isFresh;
}

function viewOfAddress(): ViewName {
  const named = location.hash.replace(/^#\/?/, '');
  // An earlier name of the view, which may be in a bookmark.
  const name = named === 'team' ? 'ask' : named;
  return name in VIEWS ? (name as ViewName) : 'today';
}
