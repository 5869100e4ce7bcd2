import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A rule of an organization that rates one program as high.
 * @param folder made for it; the usual one by default
 */
export function addCustomRule(
  home: string,
  program = 'deploy-everything',
  folder = join(home, 'config', 'rules'),
): void {
  mkdirSync(folder, { mode: 0o700 });
  const text = `title: Deploys everything at once
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: '/${program}'
    condition: selection
level: high
`;
  writeFileSync(join(folder, 'deploy.yml'), text, { mode: 0o600 });
}
