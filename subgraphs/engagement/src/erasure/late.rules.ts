import { type EventEnvelope, idOf } from '@tintype/events';
import type { LikeWord } from '@tintype/schema/events/engagement';

/** People who, by these events, made or liked something. */
export function makersOf(events: readonly EventEnvelope[]): bigint[] {
  const makers = new Set<bigint>();
  for (const { type, data } of events) {
    const [, , noun, verb] = type.split('.');
    if (noun === 'like') {
      for (const word of (data as { words?: LikeWord[] }).words ?? []) if (word.liked) makers.add(idOf(word, 'userId'));
    } else if (verb === 'created') makers.add(idOf(data, 'userId'));
  }
  return [...makers];
}
