import { callAdmin } from '../../admin/client.ts';
import { ORG_STATE_MEANS, refusedText } from '../../domain/organisation/consent-text.ts';
import type { OrgStatus } from '../../domain/organisation/membership.ts';
import type { Context } from '../context.ts';
import { localTime } from '../output/output.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Whether the roster is in force; nothing without an organization. */
export async function organization(context: Context): Promise<Verdict | undefined> {
  const found = await callAdmin(context.places().socket, 'org.status', {});
  return found === null ? undefined : rosterInForce(found, context.now());
}

/** The officers renew a version before it expires; without a new one it grants nothing. */
const NOTABLE_EXPIRY_MS = 14 * 86_400_000;

export function rosterInForce(found: OrgStatus, now: Date): Verdict {
  const { terms, state, waiting, refused } = found;
  const inForce = `version ${terms.version} of ${terms.org}`;
  if (state !== 'in force') return bad(`${inForce}: ${ORG_STATE_MEANS[state]}`);
  const open = [
    ...refused.map((news) => refusedText(news, localTime)),
    ...placeIn(found),
    ...(Date.parse(terms.expires) - now.getTime() < NOTABLE_EXPIRY_MS
      ? [`${inForce} is valid until ${localTime(terms.expires)}; ask the officers for a new one: caro org change`]
      : []),
    ...(waiting === null ? [] : [`version ${waiting.terms.version} waits for you; look at it with: caro org status`]),
  ];
  return open.length === 0 ? ok(inForce) : warn(open.join('\n'));
}

/** What this node lacks for its place in the organization. */
function placeIn({ terms, role, membership, list }: OrgStatus): readonly string[] {
  if (role === 'member')
    return membership === null ? ['this node is not a member: an officer has to approve it, or has removed it'] : [];
  return list === terms.version
    ? []
    : ['the newest list of members is missing; run caro org import FOLDER, with that of the officers'];
}
