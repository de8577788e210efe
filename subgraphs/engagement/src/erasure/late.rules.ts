import { booleanOf, type EventEnvelope, idOf, objectsOf } from '@tintype/events';
import { type LikeWord, MAX_WORDS } from '@tintype/schema/events/engagement';

function wordsOf({ type, data }: EventEnvelope): readonly object[] {
  return type === 'tintype.engagement.like.recorded.v1' ? objectsOf(data, 'words', MAX_WORDS) : [];
}

/** People who, by these events, made or liked something. */
export function makersOf(events: readonly EventEnvelope[]): bigint[] {
  const makers = new Set<bigint>();
  for (const event of events) {
    for (const word of wordsOf(event)) if (booleanOf(word, 'liked')) makers.add(idOf(word, 'userId'));
    if (event.type.endsWith('.created.v1')) makers.add(idOf(event.data, 'userId'));
  }
  return [...makers];
}

/** Words of these events by which one of these people likes something. */
export function likedBy(events: readonly EventEnvelope[], people: ReadonlySet<bigint>): LikeWord[] {
  const likes = events.flatMap(wordsOf).filter((word) => booleanOf(word, 'liked') && people.has(idOf(word, 'userId')));
  return likes as LikeWord[];
}
