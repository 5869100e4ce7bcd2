import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Descriptions and selectors of all that passes take longer than the checks. */
const OPTIONS = { rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'], selectors: false };

/** Violations of WCAG 2.2 A and AA, and axe's best practices, by rule and place. */
export async function faults(page: Page): Promise<readonly string[]> {
  // The policy of the page lets no script in, so the checker is put in through the debugger.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe.run(document, ${JSON.stringify(OPTIONS)}).then((results) => results.violations)`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
}
