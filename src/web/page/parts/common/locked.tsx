/** What is left of the page when its login has ended. */
export function Locked() {
  return (
    <main class="calm">
      <h1>This dashboard is locked</h1>
      <p>You are logged out, or the login has run its twelve hours. Open it again from your terminal:</p>
      <pre class="command-line">
        <code>caro dashboard</code>
      </pre>
    </main>
  );
}
