import type { SealingKey } from '../../blind/sealing.ts';
import * as relay from '../../mesh/relay/open-answers.ts';

export interface OpenAnswersInput {
  /** Of the node that asked. */
  readonly boxes: readonly SealingKey[];
  readonly arrived: readonly relay.Arrived[];
}

/** Opens and checks answers of many nodes over a relay. */
export const openAnswers = ({ boxes, arrived }: OpenAnswersInput): relay.Answers => relay.openAnswers(boxes, arrived);
