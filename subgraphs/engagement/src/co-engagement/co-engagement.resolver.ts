import { pageArgs, requireViewer } from '@tintype/graphql';
import type pg from 'pg';
import type { Resolvers } from '#generated/graphql.ts';
import { listCoEngaged, listEngaged } from './co-engagement.repository.ts';

export function createCoEngagementResolvers(deps: {
  pool: pg.Pool;
}): Pick<NonNullable<Resolvers['Query']>, 'coEngaged' | 'engagedPosts'> {
  const { pool } = deps;
  return {
    async coEngaged(_, { first }, context) {
      const { first: most } = pageArgs({ first }, 'coEngaged', 1);
      const found = await listCoEngaged(pool, requireViewer(context).userId, most);
      return found.map(({ postId, score }) => ({ postId: String(postId), score }));
    },
    async engagedPosts(_, { first }, context) {
      const { first: most } = pageArgs({ first }, 'engagedPosts', 1);
      return (await listEngaged(pool, requireViewer(context).userId, most)).map(String);
    },
  };
}
