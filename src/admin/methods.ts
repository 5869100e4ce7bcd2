import type { Messages, Replies } from '../bus/messages.ts';
import type { BODY_SCHEMAS, ServiceMethod } from '../bus/schemas.ts';
import type { Validator } from '../domain/encoding/validator.ts';
import {
  validateAnomaliesList,
  validateAuditList,
  validateAuditVerify,
  validateConfigReload,
  validateDashboardLink,
  validateDatabaseBackup,
  validateEgressList,
  validateEgressShow,
  validateEventsList,
  validateIdentityRotate,
  validateMeshQuery,
  validateMeshStatus,
  validateObserveStatus,
  validatePeersInvite,
  validatePeersJoin,
  validatePolicyExplain,
  validatePolicySharing,
  validatePolicyTest,
  validateServiceMetrics,
  validateServiceStatus,
  validateSharingSet,
  validateStatsRead,
  validateSummaryList,
  validateSummaryPreview,
  validateTrustConfirm,
  validateTrustKeys,
} from '../generated/body-validators.js';

/**
 * Kinds of the bus that may be asked over the control socket: a closed list, since `Messages` holds
 * more than outsiders may say.
 */
export type BusMethod = keyof typeof BODY_SCHEMAS;

const DEADLINE_MS = 10_000;
const LONG_MS = 120_000;
/** What a mesh query may take beyond its own time limit, to add up what came. */
const MESH_GRACE_MS = 5_000;

interface BusMethodEntry<K extends BusMethod> {
  readonly isValid: Validator<Messages[K]>;
  /** How long the answer may take, in ms. */
  readonly deadlineMs: (params: Messages[K]) => number;
}

const soon = (): number => DEADLINE_MS;
const long = (): number => LONG_MS;

export const BUS_METHODS: { readonly [K in BusMethod]: BusMethodEntry<K> } = {
  'service.status': { isValid: validateServiceStatus, deadlineMs: soon },
  'service.metrics': { isValid: validateServiceMetrics, deadlineMs: soon },
  'observe.status': { isValid: validateObserveStatus, deadlineMs: soon },
  // Looks at every event where few fit.
  'events.list': { isValid: validateEventsList, deadlineMs: long },
  'stats.read': { isValid: validateStatsRead, deadlineMs: soon },
  'summary.preview': { isValid: validateSummaryPreview, deadlineMs: long },
  'summary.list': { isValid: validateSummaryList, deadlineMs: soon },
  'policy.sharing': { isValid: validatePolicySharing, deadlineMs: soon },
  'sharing.set': { isValid: validateSharingSet, deadlineMs: soon },
  'mesh.status': { isValid: validateMeshStatus, deadlineMs: soon },
  // A stranger may take as long as the limits of a dial allow.
  'peers.invite': { isValid: validatePeersInvite, deadlineMs: soon },
  'peers.join': { isValid: validatePeersJoin, deadlineMs: long },
  'egress.list': { isValid: validateEgressList, deadlineMs: soon },
  'egress.show': { isValid: validateEgressShow, deadlineMs: soon },
  'policy.explain': { isValid: validatePolicyExplain, deadlineMs: soon },
  'policy.test': { isValid: validatePolicyTest, deadlineMs: soon },
  'trust.confirm': { isValid: validateTrustConfirm, deadlineMs: soon },
  'trust.keys': { isValid: validateTrustKeys, deadlineMs: soon },
  // With a key that others may have, the mesh is opened anew before the answer.
  'identity.rotate': { isValid: validateIdentityRotate, deadlineMs: long },
  'anomalies.list': { isValid: validateAnomaliesList, deadlineMs: soon },
  'mesh.query': { isValid: validateMeshQuery, deadlineMs: ({ timeoutMs = 500 }) => timeoutMs + MESH_GRACE_MS },
  'audit.list': { isValid: validateAuditList, deadlineMs: soon },
  'audit.verify': { isValid: validateAuditVerify, deadlineMs: long },
};

export const SERVICE_VALIDATORS: { readonly [M in ServiceMethod]: Validator<unknown> } = {
  'config.reload': validateConfigReload,
  'dashboard.link': validateDashboardLink,
  'database.backup': validateDatabaseBackup,
};

/** What the service itself answers, beside the bus. */
export interface ServiceReplies {
  /** Whether anything differed from the configuration in force. */
  readonly 'config.reload': { readonly changed: boolean };
  /** The copy that was made. */
  readonly 'database.backup': { readonly file: string };
  /** The file that logs its reader in once (design.md §12), and the dashboard's address. */
  readonly 'dashboard.link': { readonly file: string; readonly url: string };
}

export type AdminMethod = BusMethod | ServiceMethod;
export type AdminParams<M extends AdminMethod> = M extends BusMethod ? Messages[M] : Readonly<Record<string, never>>;
export type AdminReply<M extends AdminMethod> = M extends BusMethod
  ? Replies[M]
  : M extends ServiceMethod
    ? ServiceReplies[M]
    : never;

export const isBusMethod = (method: string): method is BusMethod => Object.hasOwn(BUS_METHODS, method);
export const isServiceMethod = (method: string): method is ServiceMethod => Object.hasOwn(SERVICE_VALIDATORS, method);
