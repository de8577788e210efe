import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { ReportedCommentsDocument } from '@tintype/schema/internal/engagement';
import { ReportedPostsDocument } from '@tintype/schema/internal/post';
import { ReportedAccountsDocument } from '@tintype/schema/internal/user';
import type { ReportTargetType } from '#generated/graphql.ts';
import type { CaseModel } from './case.model.ts';

/** What a case is about. */
export type ReportedContent = { username: string; text: string; pictures: string[] };

export type FindContent = (
  found: Pick<CaseModel, 'targetType' | 'targetId' | 'personId'>,
) => Promise<ReportedContent | null>;

type Part = Omit<ReportedContent, 'username'>;

/**
 * Asks the owners, on behalf of the platform, so that moderators see what is hidden from them as people.
 *
 * @returns a function that resolves to null if the target or the account no longer exists
 */
export function createFindContent(client: SubgraphClient): FindContent {
  const findAccount = async (id: bigint) => {
    const { accountsById } = await client.request(ReportedAccountsDocument, { ids: [String(id)] }, platformIdentity());
    return accountsById[0] ?? null;
  };
  const parts: Record<Exclude<ReportTargetType, 'DECISION'>, (id: bigint) => Promise<Part | null>> = {
    async USER(id) {
      const account = await findAccount(id);
      if (!account) return null;
      const { displayName, bio, avatar } = account;
      return { text: [displayName, bio].filter(Boolean).join('\n'), pictures: avatar ? [avatar.url] : [] };
    },
    async POST(id) {
      const { postsById } = await client.request(ReportedPostsDocument, { ids: [String(id)] }, platformIdentity());
      const [post] = postsById;
      if (!post) return null;
      const pictures = post.media.flatMap((one) => ('standard' in one && one.standard ? [one.standard.url] : []));
      return { text: post.caption, pictures };
    },
    async COMMENT(id) {
      const asked = { ids: [String(id)] };
      const { commentsById } = await client.request(ReportedCommentsDocument, asked, platformIdentity());
      const [comment] = commentsById;
      return comment ? { text: comment.text, pictures: [] } : null;
    },
  };
  return async ({ targetType, targetId, personId }) => {
    // A case about a decision is shown as what was decided about.
    if (targetType === 'DECISION') return null;
    const [account, part] = await Promise.all([findAccount(personId), parts[targetType](targetId)]);
    return account && part && { username: account.username, ...part };
  };
}
