import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import { findPreferences } from '#preference/preference.repository.ts';
import { addWords, type Pair } from '#relation/relation.repository.ts';
import type { RelationWord } from '#relation/relation.rules.ts';
import type { ApplyService } from '#settle/apply.service.ts';
import { readBatch } from './social-graph.rules.ts';

/** Keeps how people stand to each other, and makes notifications of follows and requests. */
export function createSocialGraphConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  applying: ApplyService;
  log: Log;
}): Worker {
  const { bus, pool, applying, log } = deps;

  /** Pairs of whom something that was settled before may be another now. Whom one follows matters to those who chose so. */
  const pairsOf = async (relations: readonly RelationWord[]): Promise<Pair[]> => {
    const owners = relations.filter((word) => word.what === 'FOLLOWS').map((word) => word.ownerId);
    const chosen = owners.length > 0 ? await findPreferences(pool, owners) : [];
    const choosy = new Set(chosen.filter((one) => one.audience === 'PEOPLE_I_FOLLOW').map((one) => one.userId));
    const pairs = relations.filter((word) => word.what !== 'FOLLOWS' || choosy.has(word.ownerId));
    return [...new Map(pairs.map((word) => [`${word.ownerId} ${word.otherId}`, word])).values()];
  };

  return createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'notification__social-graph',
    filter: 'tintype.social-graph.>',
    batchSize: 500,
    log,
    async handleBatch(events, { signal }) {
      const { words, relations } = readBatch(events);
      if (relations.length > 0) await addWords(pool, relations);
      await applying.words(words, signal);
      for (const { ownerId, otherId } of await pairsOf(relations)) {
        await applying.reviewPair(ownerId, otherId, signal);
      }
    },
  });
}
