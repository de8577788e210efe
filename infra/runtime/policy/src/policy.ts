import type { Relation } from './relation.ts';

/** The actions of a viewer towards a person, or towards something of that person. */
export type Action =
  | 'profile.view'
  | 'posts.view'
  | 'closeFriendPosts.view'
  | 'connections.view'
  | 'follow'
  | 'account.edit'
  | 'post.edit';

type Rule = (relation: Relation) => boolean;

const apart: Rule = (relation) => relation.blocks || relation.blockedBy;
const open: Rule = (relation) => !apart(relation) && (!relation.isPrivate || relation.follows);

/** The rules for everybody else. People may do everything with what is their own, except follow themselves. */
const RULES: Record<Action, Rule> = {
  // A blocked account stays visible to the person who blocks it, so that they can unblock it.
  'profile.view': (relation) => !relation.blockedBy,
  'posts.view': open,
  'closeFriendPosts.view': (relation) => open(relation) && relation.isCloseFriendOf,
  'connections.view': open,
  follow: (relation) => !apart(relation),
  'account.edit': () => false,
  'post.edit': () => false,
};

/**
 * Whether the viewer may do this to the person of the relation, or to something of that person. A pure function that
 * denies by default. The relation must be that of the viewer; a visitor has one without relationships, with the real
 * `isPrivate`.
 */
export function can(action: Action, relation: Relation): boolean {
  if (!relation.exists) return false;
  if (relation.isSelf) return action !== 'follow';
  return Object.hasOwn(RULES, action) && RULES[action](relation);
}

/** For whom a post is: everybody who may see the author's posts, or the close friends among them. */
export type PostAudience = 'EVERYONE' | 'CLOSE_FRIENDS';

/** Whether the viewer may see published posts of the person that are for this audience. */
export function canViewPosts(audience: PostAudience, relation: Relation): boolean {
  return can(audience === 'EVERYONE' ? 'posts.view' : 'closeFriendPosts.view', relation);
}
