import type { Bus } from '../bus/bus.ts';
import type { Topic } from '../bus/schemas.ts';

/** Starts telling `tell` about a topic; returns what ends it. */
type TopicSource = (bus: Pick<Bus, 'listen'>, tell: (params: unknown) => void) => () => void;

/** What a subscriber gets for each topic: `params` of a notification whose method is the topic. */
export const TOPIC_SOURCES: { readonly [T in Topic]: TopicSource } = {
  event: (bus, tell) =>
    bus.listen('events.recorded', ({ events }) => {
      for (const event of events) tell(event);
    }),
  mesh: (bus, tell) => bus.listen('mesh.changed', tell),
  'query.partial': (bus, tell) => bus.listen('query.partial', tell),
};
