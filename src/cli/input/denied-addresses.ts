import { callAdmin } from '../../admin/client.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { isInSubnet, networkOf, parseEndpoint, parseSubnet } from '../../domain/ip-address.ts';
import { addressesOf } from '../../domain/peer-addresses.ts';
import type { Context } from '../context.ts';
import { say } from '../output/output.ts';
import { isAccepted } from './confirmation.ts';
import { changeSettings, sayForce } from './settings-change.ts';

/** Subnets whose nodes are trusted without being named. */
const granting = ({ trust }: Configuration): readonly string[] =>
  Object.entries(trust.subnets).flatMap(([subnet, level]) => (level === 'untrusted' ? [] : [subnet]));

/**
 * Known addresses of a node that are in a trusted subnet, each as a subnet of one address: those of
 * the configuration and, while the service runs, those of its connections.
 */
export async function addressesIn(
  context: Context,
  id: string,
  configuration: Configuration,
): Promise<readonly string[]> {
  const trusted = granting(configuration).flatMap((text) => parseSubnet(text) ?? []);
  if (trusted.length === 0) return [];
  const configured = configuration.mesh.peers.filter((peer) => peer.id === id).flatMap(addressesOf);
  // A revocation MUST NOT depend on an answer of the service.
  const status = await callAdmin(context.places().socket, 'mesh.status', {}, ANSWER_MS).catch(() => undefined);
  const seen = (status?.peers ?? []).filter((peer) => peer.id === id).flatMap(({ address }) => address ?? []);
  const hosts = [...configured, ...seen].flatMap((text) => parseEndpoint(text)?.host ?? []);
  return [
    ...new Set(
      hosts.flatMap((host) => {
        const one = parseSubnet(`${host}/${host.includes(':') ? 128 : 32}`);
        return one && trusted.some((subnet) => isInSubnet(host, subnet)) ? [networkOf(one)] : [];
      }),
    ),
  ];
}

const ANSWER_MS = 2_000;

/** In a trusted subnet, whoever has the machine can come back with a key that nobody knows. */
export async function denyAddresses(
  context: Context,
  configuration: Configuration,
  addresses: readonly string[],
  isWanted: boolean,
): Promise<void> {
  const trusted = granting(configuration);
  const subnets = addresses.filter((address) => !configuration.trust.deny.subnets.includes(address));
  if (trusted.length === 0) return;
  context.stderr.write(
    `caro: trust.subnets (${trusted.join(', ')}) still trusts any new key from there; an address loses that when the revoked key connects from it\n`,
  );
  const list = subnets.join(', ');
  if (subnets.length > 0 && (isWanted || (await isAccepted(context, `Deny ${list} to every node there as well?`)))) {
    const { isInForce } = await changeSettings(context, { set: 'denied-addresses', subnets });
    say(context, `${list}: denied to every node there`);
    sayForce(context, isInForce);
    return;
  }
  context.stderr.write(
    subnets.length > 0
      ? `caro: to deny its known addresses (${list}), repeat this command with --deny-address\n`
      : 'caro: no address of it is known in these subnets; to deny one, add it to subnets under [trust.deny], then: caro reload\n',
  );
}
