import { counted } from '../counted.ts';

/** What happened between this node and others in a week, for its owner. */
export interface DigestFigures {
  readonly since: string;
  readonly until: string;
  /** Who asked how often, most first. */
  readonly asked: readonly { readonly id: string; readonly count: number }[];
  /** What left this machine, by recipient, most messages first. */
  readonly left: readonly { readonly id: string; readonly count: number; readonly bytes: number }[];
  readonly trust: number;
  readonly sharing: number;
  readonly paired: number;
  readonly keys: number;
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** Three sentences: who asked how often, what left, what changed in trust. */
export function digestSentences(
  { asked, left, trust, sharing, paired, keys }: DigestFigures,
  nameOf: (id: string) => string,
  size: (bytes: number) => string,
): readonly [asked: string, left: string, trust: string] {
  const sum = (counts: readonly { readonly count: number }[]): number =>
    counts.reduce((all, { count }) => all + count, 0);
  const [asker] = asked;
  const [recipient] = left;
  const bytes = left.reduce((all, one) => all + one.bytes, 0);
  const changes = [
    ...(trust > 0 ? [`trust was changed ${times(trust)}`] : []),
    ...(sharing > 0 ? [`sharing was changed ${times(sharing)}`] : []),
    ...(paired > 0 ? [`${counted(paired, 'node')} ${paired === 1 ? 'was' : 'were'} paired`] : []),
    ...(keys > 0 ? [`${counted(keys, 'key')} of other nodes changed or ended`] : []),
  ];
  const [often, main] = [leader(asked), leader(left)];
  const mostOften = often ? `, ${nameOf(often.id)} most often (${times(often.count)})` : '';
  const mostOfThem = main ? `, ${main.count * 2 > sum(left) ? 'most' : main.count} of them to ${nameOf(main.id)}` : '';
  return [
    asker === undefined
      ? 'Nobody asked this node anything.'
      : asked.length === 1
        ? `${nameOf(asker.id)} asked this node ${times(asker.count)}.`
        : `${counted(asked.length, 'node')} asked this node ${times(sum(asked))}${mostOften}.`,
    recipient === undefined
      ? 'Nothing left this machine.'
      : `${counted(sum(left), 'message')} (${size(bytes)}) left this machine, ${
          left.length === 1 ? `to ${nameOf(recipient.id)}` : `to ${left.length} nodes${mostOfThem}`
        }.`,
    changes.length === 0 ? 'Trust and sharing stayed as they were.' : sentence(changes.join(', ')),
  ];
}

/** The one with the most of several; none where two have as many. */
function leader<T extends { readonly count: number }>([first, second]: readonly T[]): T | undefined {
  return first && second && first.count > second.count ? first : undefined;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
