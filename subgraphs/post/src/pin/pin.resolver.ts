import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import type { CompleteResolvers, PinPostErrorCode } from '#generated/graphql.ts';
import { findVisible } from '#post/post.visibility.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { PinService } from './pin.service.ts';

type PinResolvers = {
  Mutation: Pick<CompleteResolvers['Mutation'], 'pinPost' | 'unpinPost'>;
  User: Pick<CompleteResolvers['User'], 'pinnedPosts'>;
};

export function createPinResolvers({ pins }: { pins: PinService }): PinResolvers {
  const change =
    <Code extends PinPostErrorCode>(work: (authorId: bigint, postId: bigint) => Promise<Code | null>, notFound: Code) =>
    async (_: unknown, { input }: { input: { postId: string } }, context: Context) => {
      const { userId } = requireViewer(context);
      const postId = parseGlobalId('Post', input.postId);
      const error = postId === null ? notFound : await work(userId, postId);
      if (error !== null) return { post: null, errors: [inputError(error, ['postId'])] };
      return { post: await findVisible(postId!, context), errors: [] };
    };
  return {
    Mutation: { pinPost: change(pins.pin, 'POST_NOT_FOUND'), unpinPost: change(pins.unpin, 'POST_NOT_FOUND') },
    User: {
      async pinnedPosts({ id }, _, context) {
        const ids = (await context.loaders.pinned.load(id)) ?? [];
        const posts = await Promise.all(ids.map((postId) => findVisible(postId, context)));
        return posts.filter((post) => post !== null);
      },
    },
  };
}
