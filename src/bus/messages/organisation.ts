import type { BlindReply, BlindRequest } from '../../domain/blind/exchange.ts';
import type { BlindStatus, DayCells, RemadeReport, ReportedDay, TaskOffer } from '../../domain/blind/participation.ts';
import type { Endorsement, RoleStatus, TaskTerms } from '../../domain/blind/roles.ts';
import type { OrgReply, OrgRequest } from '../../domain/organisation/exchange.ts';
import type {
  ListedRequest,
  OrgJoin,
  OrgOffer,
  OrgParcel,
  OrgStatus,
  OrgTaken,
} from '../../domain/organisation/membership.ts';
import type { Carried } from '../../domain/relay/carried.ts';
import type { Nothing } from './empty-body.ts';

/** Messages about the roster and about blind totals. */
export interface OrganisationMessages {
  /** A peer sent a request about the roster; `peer` is proven by its connection. */
  'org.request': { readonly peer: string; readonly request: OrgRequest };
  /** What joining with this head would mean. `document`: the text of its file. */
  'org.inspect': { readonly document: string };
  /** The owner has seen the answer to `org.inspect` and consents. */
  'org.join': OrgJoin;
  /** The owner agrees to the head that waits for them. */
  'org.agree': { readonly hash: string };
  'org.leave': Nothing;
  'org.status': Nothing;
  /** Requests to join that this node has received. */
  'org.requests': Nothing;
  /** Heads, changes of the list and requests, as texts of files; from officers or a directory. */
  'org.import': OrgParcel;
  /** What `org.import` takes on another node. `from`: the list is sent as what changed after it. */
  'org.export': { readonly from?: number };
  /**
   * A visit of a folder: takes boxes of other nodes, does what is due, and answers with boxes for
   * them.
   */
  'org.carry': { readonly boxes: readonly string[] };
  /** From the roster to itself: it may be time to ask for news. */
  'org.due': Nothing;
  /** Makes and sends what is due. The owner has just confirmed the time of this node's clock. */
  'blind.report': Nothing;
  /** Leader and trustee do what is due, and exchange what they can. */
  'blind.work': Nothing;
  /** A peer sent a request about blind totals. */
  'blind.request': { readonly peer: string; readonly request: BlindRequest };
  /** A draft of a task, for its trustee. */
  'blind.draft': TaskTerms;
  /** What this node would sign in a draft or an offer; signs it if the owner has confirmed. */
  'blind.endorse': { readonly document: string; readonly isConfirmed: boolean };
  /** The tasks in which this node is an aggregator. */
  'blind.roles': Nothing;
  /** `document`: the text of a task's file. */
  'blind.inspect': { readonly document: string };
  /** The owner has seen the answer to `blind.inspect` and consents. */
  'blind.join': { readonly document: string };
  'blind.status': Nothing;
  /** Every cell of the next report, as it would leave now. */
  'blind.preview': Nothing;
  /** The newest days, newest first. */
  'blind.list': { readonly limit?: number };
  /** Makes a report that has left once more, to compare it with the ledger. */
  'blind.remake': { readonly day: string; readonly role: 'leader' | 'trustee' };
  /** From the blind reporter to itself: a report may be due. */
  'blind.due': Nothing;
}

export interface OrganisationReplies {
  'org.request': OrgReply;
  'org.inspect': OrgOffer;
  'org.join': OrgStatus;
  'org.agree': OrgStatus;
  'org.leave': null;
  'org.status': OrgStatus | null;
  'org.requests': readonly ListedRequest[];
  'org.import': OrgTaken;
  'org.export': OrgParcel;
  'org.carry': Carried;
  'blind.report': null;
  'blind.work': null;
  'blind.request': BlindReply;
  /** The text of a file. */
  'blind.draft': { readonly document: string };
  'blind.endorse': Endorsement;
  'blind.roles': readonly RoleStatus[];
  'blind.inspect': TaskOffer;
  'blind.join': null;
  'blind.status': BlindStatus;
  'blind.preview': DayCells;
  'blind.list': readonly ReportedDay[];
  'blind.remake': RemadeReport;
}
