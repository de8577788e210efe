/**
 * Events of the social-graph subgraph. Ids travel as decimal strings; the subject is the ordered pair `<who>:<whom>`, so that
 * what happens between two people stays in order.
 */
export type SocialGraphEvents = {
  /** `wasRequested`: the followee accepted a request of the follower. */
  'tintype.social-graph.follow.created.v1': {
    followerId: string;
    followeeId: string;
    followId: string;
    wasRequested: boolean;
  };
  'tintype.social-graph.follow.deleted.v1': { followerId: string; followeeId: string };
  'tintype.social-graph.follow-request.created.v1': { followerId: string; followeeId: string };
  'tintype.social-graph.follow-request.deleted.v1': { followerId: string; followeeId: string };
  'tintype.social-graph.block.created.v1': { blockerId: string; blockedId: string };
  'tintype.social-graph.block.deleted.v1': { blockerId: string; blockedId: string };
  'tintype.social-graph.mute.created.v1': { muterId: string; mutedId: string };
  'tintype.social-graph.mute.deleted.v1': { muterId: string; mutedId: string };
};
