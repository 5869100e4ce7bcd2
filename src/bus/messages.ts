import type { AnswerMessages, AnswerReplies } from './messages/answers.ts';
import type { MeshMessages, MeshReplies } from './messages/mesh.ts';
import type { ObservationMessages, ObservationReplies } from './messages/observation.ts';
import type { OrganisationMessages, OrganisationReplies } from './messages/organisation.ts';
import type { ServiceMessages, ServiceReplies } from './messages/service.ts';

/**
 * Every message on the bus: kind → body. A kind that is in `Replies` too is a request, taken by
 * exactly one actor; the others are notices, for any number of actors. Bodies that come from
 * outside are checked against the table in `requests.ts` before they get here.
 */
export interface Messages
  extends AnswerMessages,
    MeshMessages,
    ObservationMessages,
    OrganisationMessages,
    ServiceMessages {}

/** Kind of request → reply. */
export interface Replies extends AnswerReplies, MeshReplies, ObservationReplies, OrganisationReplies, ServiceReplies {}

export type Kind = keyof Messages;
export type RequestKind = keyof Replies & Kind;
