/** Verbs of service command lines that destroy something. */
import type { Step } from '../step.ts';

/** A dry run, in the spellings of service clients. */
export const isDryRun = (step: Step): boolean =>
  step.some(/^--?(?:dry-?run|what-if|whatif|no-execute|plan|preview)(?:=true)?$/i) || step.flag('--help');

/**
 * Complete words in verb position: `aws ec2 terminate-instances`, `gcloud sql instances delete`,
 * `heroku apps:destroy`.
 */
export const DESTROY =
  /^(?:delete|destroy|purge|terminate|remove|wipe|erase|drop|nuke|deprovision|decommission|flush|truncate|reset|deregister|revoke|abandon|obliterate|rm|rb|del|unlink|uninstall|unregister|clear|empty|cancel|detach|disable|unset|rotate-and-delete|invalidate)$/;
/** The same verbs as part of a longer word: `apps:destroy`, `delete-all`. */
export const PATH_VERB =
  /(?:^|[-:_.])(?:delete|destroy|purge|terminate|remove|wipe|erase|drop|deregister|reset|clear|unset|unlink|disable|rm|revoke|leave|kill|stop|detach)(?:$|[-:_])/;
