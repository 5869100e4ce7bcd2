/** Where peers were last reached, so that a peer that has moved is found again. */

export interface LearnedAddresses {
  /** Newest first. */
  readonly of: (account: string) => readonly string[];
  /** Remembers an address that a connection has proven. Returns whether the list changes. */
  readonly learn: (account: string, address: string) => boolean;
}

/** Each one may cost the time limit of a dial before the next is tried. */
const MAX_ADDRESSES = 4;
/** The peer that was heard of longest ago is forgotten first. */
const MAX_PEERS = 256;

/** @param text what `keep` was last called with */
export function createLearnedAddresses(text: string | undefined, keep: (text: string) => void): LearnedAddresses {
  const known = new Map<string, readonly string[]>(text === undefined ? [] : (JSON.parse(text) as []));
  return {
    of: (account) => known.get(account) ?? [],
    learn: (account, address) => {
      const before = known.get(account) ?? [];
      if (before[0] === address) return false;
      known.delete(account);
      known.set(account, [address, ...before.filter((other) => other !== address)].slice(0, MAX_ADDRESSES));
      if (known.size > MAX_PEERS) known.delete(known.keys().next().value ?? '');
      keep(JSON.stringify([...known]));
      return true;
    },
  };
}
