import type { EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { findPreferences } from '#preferences/preference.repository.ts';
import { addRelationshipChanges, type PersonPair } from '#projection/relationship.repository.ts';
import type { RelationshipChange } from '#projection/relationship.rules.ts';
import type { ApplyService } from '#reconcile/apply.service.ts';
import { partitionByPerson } from '#reconcile/partition.rules.ts';
import { readBatch } from './social-graph.rules.ts';

export type SocialGraphService = {
  /** Applies a batch of social-graph's events. Can run twice, and in any order. */
  apply(events: readonly EventEnvelope[], signal: AbortSignal): Promise<void>;
};

export function createSocialGraphService(deps: { pool: Executor; applyService: ApplyService }): SocialGraphService {
  const { pool, applyService } = deps;

  /**
   * Pairs for which other activities may now be shown. A follow matters only to recipients who chose PEOPLE_I_FOLLOW.
   */
  const affectedPairs = async (changes: readonly RelationshipChange[]): Promise<PersonPair[]> => {
    const followers = changes.filter((change) => change.kind === 'FOLLOWS').map((change) => change.personId);
    const preferences = followers.length > 0 ? await findPreferences(pool, followers) : [];
    const followedOnly = new Set(
      preferences.filter((one) => one.audience === 'PEOPLE_I_FOLLOW').map((one) => one.userId),
    );
    const affected = changes.filter((change) => change.kind !== 'FOLLOWS' || followedOnly.has(change.personId));
    return [...new Map(affected.map((change) => [`${change.personId} ${change.otherId}`, change])).values()];
  };

  return {
    async apply(events, signal) {
      const { activities, relationships } = readBatch(events);
      // Relationships come first, so that nobody is notified of a person whom they blocked earlier in the batch.
      const parts = partitionByPerson(relationships, (change) => change.personId);
      await Promise.all(parts.map((part) => addRelationshipChanges(pool, part)));
      await applyService.applyChanges(activities, signal);
      for (const { personId, otherId } of await affectedPairs(relationships)) {
        await applyService.recheckPair(personId, otherId, signal);
      }
    },
  };
}
