import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A rule of an organization that rates one program as high. */
export function addCustomRule(home: string): void {
  const folder = join(home, 'config', 'rules');
  mkdirSync(folder, { mode: 0o700 });
  const text = `title: Deploys everything at once
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: '/deploy-everything'
    condition: selection
level: high
`;
  writeFileSync(join(folder, 'deploy.yml'), text, { mode: 0o600 });
}
