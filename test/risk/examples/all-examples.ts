import { ACCOUNTS_EXAMPLES } from './accounts.ts';
import { CLOUD_EXAMPLES } from './cloud.ts';
import { CLUSTER_EXAMPLES } from './cluster.ts';
import { CONTAINERS_EXAMPLES } from './containers.ts';
import { CREDENTIALS_EXAMPLES } from './credentials.ts';
import { DATABASES_EXAMPLES } from './databases.ts';
import { DISKS_EXAMPLES } from './disks.ts';
import { EVASION_EXAMPLES } from './evasion.ts';
import { EXPOSURE_EXAMPLES } from './exposure.ts';
import { FILES_EXAMPLES } from './files.ts';
import { GIT_EXAMPLES } from './git.ts';
import { HOSTING_EXAMPLES } from './hosting.ts';
import { INFRASTRUCTURE_EXAMPLES } from './infrastructure.ts';
import { KERNEL_EXAMPLES } from './kernel.ts';
import { MACOS_EXAMPLES } from './macos.ts';
import { PACKAGES_EXAMPLES } from './packages.ts';
import { PERMISSIONS_EXAMPLES } from './permissions.ts';
import { PERSISTENCE_EXAMPLES } from './persistence.ts';
import { PRIVILEGE_EXAMPLES } from './privilege.ts';
import { REMOTE_CODE_EXAMPLES } from './remote-code.ts';
import { RESOURCES_EXAMPLES } from './resources.ts';
import type { RuleExamples } from './rule-examples.ts';
import { SERVICES_EXAMPLES } from './services.ts';
import { SHELLS_EXAMPLES } from './shells.ts';

export const ALL_EXAMPLES: RuleExamples = {
  ...ACCOUNTS_EXAMPLES,
  ...CLOUD_EXAMPLES,
  ...CLUSTER_EXAMPLES,
  ...CONTAINERS_EXAMPLES,
  ...CREDENTIALS_EXAMPLES,
  ...DATABASES_EXAMPLES,
  ...DISKS_EXAMPLES,
  ...EVASION_EXAMPLES,
  ...EXPOSURE_EXAMPLES,
  ...FILES_EXAMPLES,
  ...GIT_EXAMPLES,
  ...HOSTING_EXAMPLES,
  ...INFRASTRUCTURE_EXAMPLES,
  ...KERNEL_EXAMPLES,
  ...MACOS_EXAMPLES,
  ...PACKAGES_EXAMPLES,
  ...PERMISSIONS_EXAMPLES,
  ...PERSISTENCE_EXAMPLES,
  ...PRIVILEGE_EXAMPLES,
  ...REMOTE_CODE_EXAMPLES,
  ...RESOURCES_EXAMPLES,
  ...SERVICES_EXAMPLES,
  ...SHELLS_EXAMPLES,
};
