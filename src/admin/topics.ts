import type { Bus } from '../bus/bus.ts';

/** What a client of the control socket may subscribe to. */
export const TOPICS = ['event', 'mesh', 'query.partial'] as const;
export type Topic = (typeof TOPICS)[number];

/** Body of `subscribe`, as a JSON Schema (draft-07). */
export const SUBSCRIBE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['topics'],
  properties: {
    topics: { type: 'array', items: { enum: TOPICS }, uniqueItems: true, minItems: 1, maxItems: TOPICS.length },
  },
} as const;

/** Passes each notice of a topic to `notify`; returns the function that stops it. */
type TopicSource = (bus: Pick<Bus, 'listen'>, notify: (params: unknown) => void) => () => void;

/** What a subscriber gets for each topic: `params` of a notification whose method is the topic. */
export const TOPIC_SOURCES: { readonly [T in Topic]: TopicSource } = {
  event: (bus, notify) =>
    bus.listen('events.recorded', ({ events }) => {
      for (const event of events) notify(event);
    }),
  mesh: (bus, notify) => bus.listen('mesh.changed', notify),
  'query.partial': (bus, notify) => bus.listen('query.partial', notify),
};
