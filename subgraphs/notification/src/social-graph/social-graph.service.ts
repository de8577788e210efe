import type { EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { findPreferences } from '#preference/preference.repository.ts';
import { addWords, type Pair } from '#relation/relation.repository.ts';
import type { RelationWord } from '#relation/relation.rules.ts';
import type { ApplyService } from '#settle/apply.service.ts';
import { lanesOf } from '#settle/lanes.rules.ts';
import { readBatch } from './social-graph.rules.ts';

export type SocialGraphService = {
  /** Takes over what a batch of social-graph's log says. Can run twice, and in any order. */
  take(events: readonly EventEnvelope[], signal: AbortSignal): Promise<void>;
};

export function createSocialGraphService(deps: { pool: Executor; applying: ApplyService }): SocialGraphService {
  const { pool, applying } = deps;

  /** Pairs of whom something that was settled before may be another now. Whom one follows matters to those who chose so. */
  const pairsOf = async (relations: readonly RelationWord[]): Promise<Pair[]> => {
    const owners = relations.filter((word) => word.what === 'FOLLOWS').map((word) => word.ownerId);
    const chosen = owners.length > 0 ? await findPreferences(pool, owners) : [];
    const choosy = new Set(chosen.filter((one) => one.audience === 'PEOPLE_I_FOLLOW').map((one) => one.userId));
    const pairs = relations.filter((word) => word.what !== 'FOLLOWS' || choosy.has(word.ownerId));
    return [...new Map(pairs.map((word) => [`${word.ownerId} ${word.otherId}`, word])).values()];
  };

  return {
    async take(events, signal) {
      const { words, relations } = readBatch(events);
      // All of them before any notification is made: nobody is told of a person whom they blocked before.
      const lanes = lanesOf(relations, (word) => word.ownerId);
      await Promise.all(lanes.map((lane) => addWords(pool, lane)));
      await applying.words(words, signal);
      for (const { ownerId, otherId } of await pairsOf(relations)) {
        await applying.reviewPair(ownerId, otherId, signal);
      }
    },
  };
}
