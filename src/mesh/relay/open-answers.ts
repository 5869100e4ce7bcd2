import type { SealingKey } from '../../blind/sealing.ts';
import { openFrom } from './padded-box.ts';
import { decodeRelayMessage, type RelayMessage } from './relay-message.ts';

/** A box as it arrived. */
export interface Arrived {
  readonly subject: string;
  readonly box: Uint8Array;
}

/** One for each box, in order; null for one that is invalid. */
export type Answers = readonly (RelayMessage | null)[];

/** Opens and checks answers. Pure, so that a thread can do it. */
export const openAnswers = (boxes: readonly SealingKey[], arrived: readonly Arrived[]): Answers =>
  arrived.map(({ subject, box }) => {
    try {
      return decodeRelayMessage(openFrom(boxes, subject, box));
    } catch {
      return null;
    }
  });
