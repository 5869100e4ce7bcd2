/** Replaces the page when its login has ended. */
export function Locked() {
  return (
    <main class="calm">
      <h1>This dashboard is locked</h1>
      <p>You are logged out, or your login expired after twelve hours. Open the dashboard again from your terminal:</p>
      <pre class="command-line">
        <code>caro dashboard</code>
      </pre>
    </main>
  );
}
