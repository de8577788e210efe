import { type FakeAnswers, fakeSubgraphs } from '@tintype/testing';

/**
 * Social-graph for the queries of the user subgraph: nobody has relationships, except blocks.
 *
 * @param answers in addition
 */
export function createFakeSocialGraph(answers: FakeAnswers = {}) {
  const blocks = new Set<string>();
  const has = (who: bigint | string | undefined, whom: bigint | string | undefined) => blocks.has(`${who}:${whom}`);
  const none = {
    exists: true,
    isPrivate: false,
    follows: false,
    requested: false,
    followedBy: false,
    mutes: false,
    restricts: false,
    restrictedBy: false,
    hasAsCloseFriend: false,
    isCloseFriendOf: false,
  };
  return {
    block: (blockerId: bigint, blockedId: bigint) => blocks.add(`${blockerId}:${blockedId}`),
    wires: fakeSubgraphs(
      {
        'social-graph': {
          relations: ({ userIds }, { viewer }) => ({
            relations: userIds.map((userId) => {
              return { ...none, userId, blocks: has(viewer?.userId, userId), blockedBy: has(userId, viewer?.userId) };
            }),
          }),
          relationsOfNobody: ({ userIds }) => ({
            relations: userIds.map((userId) => ({ userId, exists: true, isPrivate: false })),
          }),
          hideAccount: () => ({ hideAccount: true }),
        },
      },
      answers,
    ),
  };
}
