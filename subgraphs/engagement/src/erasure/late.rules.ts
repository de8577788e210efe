import { type EventEnvelope, idOf } from '@tintype/events';
import type { LikeWord } from '@tintype/schema/events/engagement';

function wordsOf({ type, data }: EventEnvelope): readonly LikeWord[] {
  return type === 'tintype.engagement.like.recorded.v1' ? ((data as { words?: LikeWord[] }).words ?? []) : [];
}

/** People who, by these events, made or liked something. */
export function makersOf(events: readonly EventEnvelope[]): bigint[] {
  const makers = new Set<bigint>();
  for (const event of events) {
    for (const word of wordsOf(event)) if (word.liked) makers.add(idOf(word, 'userId'));
    if (event.type.endsWith('.created.v1')) makers.add(idOf(event.data, 'userId'));
  }
  return [...makers];
}

/** Words of these events by which one of these people likes something. */
export function likedBy(events: readonly EventEnvelope[], people: ReadonlySet<bigint>): LikeWord[] {
  return events.flatMap(wordsOf).filter((word) => word.liked && people.has(BigInt(word.userId)));
}
