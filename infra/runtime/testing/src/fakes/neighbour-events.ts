import { type EventBus, type EventEnvelope, ensureStream } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import { EVENTS, type Events, type EventType } from '@tintype/schema/events';
import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';

export type NeighbourEvents = {
  /**
   * Resolves when the stream has stored the event.
   *
   * @throws ZodError if the data does not match the schema of the type
   */
  publish<Type extends EventType>(type: Type, subject: string, data: Events[Type]): Promise<void>;
  /** How many events of an owner were published: the sequence of the last one. */
  countOf(owner: SubgraphName): number;
};

/** Publishes events on the real bus as the relays of other subgraphs do, without their tables. */
export function createNeighbourEvents(deps: { bus: EventBus; ids: IdGenerator }): NeighbourEvents {
  const { bus, ids } = deps;
  const counts = new Map<SubgraphName, number>();
  const streams = new Map<SubgraphName, Promise<unknown>>();
  return {
    async publish(type, subject, data) {
      const owner = ownerOf(type);
      EVENTS[type].parse(data);
      const sequence = (counts.get(owner) ?? 0) + 1;
      counts.set(owner, sequence);
      if (!streams.has(owner)) streams.set(owner, ensureStream(bus, owner));
      await streams.get(owner);
      const envelope: EventEnvelope = {
        specversion: '1.0',
        id: String(ids.next()),
        source: `/tintype/${owner}`,
        type,
        subject,
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        sequence: String(sequence),
        data,
      };
      await bus.js.publish(bus.subject(type), JSON.stringify(envelope), { msgID: envelope.id });
    },
    countOf: (owner) => counts.get(owner) ?? 0,
  };
}

function ownerOf(type: EventType): SubgraphName {
  const owner = SUBGRAPHS.find((name) => type.startsWith(`tintype.${name}.`));
  if (owner) return owner;
  throw new TypeError(`The event ${type} has no owner.`);
}
