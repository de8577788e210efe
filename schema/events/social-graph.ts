import { z } from 'zod';
import { id, type PublishedData } from './fields.ts';

const follow = z.object({ followerId: id, followeeId: id });
const block = z.object({ blockerId: id, blockedId: id });
const mute = z.object({ muterId: id, mutedId: id });

/**
 * Events of the social-graph subgraph. The subject is the ordered pair `<actor>:<target>`, so that events between two
 * people stay in order.
 */
export const SOCIAL_GRAPH_EVENTS = {
  /** `wasRequested`: the followee accepted a request of the follower. */
  'tintype.social-graph.follow.created.v1': follow.extend({ followId: id, wasRequested: z.boolean() }),
  'tintype.social-graph.follow.deleted.v1': follow,
  'tintype.social-graph.follow-request.created.v1': follow,
  'tintype.social-graph.follow-request.deleted.v1': follow,
  'tintype.social-graph.block.created.v1': block,
  'tintype.social-graph.block.deleted.v1': block,
  'tintype.social-graph.mute.created.v1': mute,
  'tintype.social-graph.mute.deleted.v1': mute,
} as const;

export type SocialGraphEvents = PublishedData<typeof SOCIAL_GRAPH_EVENTS>;
