import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { RestrictCommentDocument } from '@tintype/schema/internal/engagement';
import { RestrictPostDocument } from '@tintype/schema/internal/post';
import { ImposeSanctionDocument, ReviewSanctionDocument } from '@tintype/schema/internal/user';
import {
  findRestrictionLeft,
  findReviewed,
  type PendingDecision,
  type ReviewedDecision,
} from './decision.repository.ts';

/**
 * Lets a decision take effect. Can be repeated: owners ignore a decision that they know, or that is older than the one
 * that they have.
 *
 * @throws SubgraphError if an owner cannot be told
 */
export type TakeEffect = (decision: PendingDecision) => Promise<void>;

const RESTRICTIONS = { HIDE: 'HIDDEN', REMOVE: 'REMOVED' } as const;

/** Tells the owner of a post or comment who sees it, and the user subgraph what the person has to be told. */
export function createTakeEffect({ pool, client }: { pool: Executor; client: SubgraphClient }): TakeEffect {
  const identity = () => platformIdentity('mutation');

  const restrict = async (
    { targetType, targetId }: Pick<ReviewedDecision, 'targetType' | 'targetId'>,
    action: 'HIDE' | 'REMOVE' | null,
    decisionId: bigint,
  ): Promise<void> => {
    const restriction = action === null ? 'NONE' : RESTRICTIONS[action];
    const variables = { id: String(targetId), restriction, decisionId: String(decisionId) } as const;
    if (targetType === 'POST') await client.request(RestrictPostDocument, variables, identity());
    else await client.request(RestrictCommentDocument, variables, identity());
  };

  const impose = async ({ id, action, reason, until, personId }: PendingDecision): Promise<void> => {
    if (action === 'DISMISS' || action === 'UPHOLD' || action === 'REVERSE' || reason === null) return;
    const sanction = {
      decisionId: String(id),
      userId: String(personId),
      action,
      reason,
      until: until?.toISOString() ?? null,
    };
    await client.request(ImposeSanctionDocument, sanction, identity());
  };

  const review = async ({ id, action, targetId }: PendingDecision): Promise<void> => {
    const reviewed = await findReviewed(pool, targetId);
    if (!reviewed) return;
    const isReversed = action === 'REVERSE';
    if (isReversed && (reviewed.action === 'HIDE' || reviewed.action === 'REMOVE')) {
      // Another decision about the same may still be in effect.
      await restrict(reviewed, await findRestrictionLeft(pool, reviewed.targetId), id);
    }
    const variables = { decisionId: String(reviewed.id), userId: String(reviewed.personId), isReversed };
    await client.request(ReviewSanctionDocument, variables, identity());
  };

  return async (decision) => {
    const { id, action } = decision;
    if (decision.targetType === 'DECISION') return review(decision);
    if (action === 'HIDE' || action === 'REMOVE') await restrict(decision, action, id);
    await impose(decision);
  };
}
