import { callAdmin } from '../../admin/client.ts';
import { ORG_STATE_MEANS, refusedText } from '../../domain/organisation/consent-text.ts';
import type { OrgStatus } from '../../domain/organisation/membership.ts';
import type { Context } from '../context.ts';
import { localTime } from '../output/output.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Whether the roster is in force; nothing without an organization. */
export async function organization(context: Context): Promise<Verdict | undefined> {
  const found = await callAdmin(context.places().socket, 'org.status', {});
  return found === null ? undefined : rosterInForce(found);
}

export function rosterInForce({ terms, state, waiting, refused }: OrgStatus): Verdict {
  const inForce = `version ${terms.version} of ${terms.org}`;
  if (state !== 'in force') return bad(`${inForce}: ${ORG_STATE_MEANS[state]}`);
  const open = [
    ...refused.map((news) => refusedText(news, localTime)),
    ...(waiting === null ? [] : [`version ${waiting.terms.version} waits for you; look at it with: caro org status`]),
  ];
  return open.length === 0 ? ok(inForce) : warn(open.join('\n'));
}
