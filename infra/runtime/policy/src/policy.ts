import type { Relation } from './relation.ts';

/** What a viewer may want of a person or of what the person made. */
export type Action = 'profile.view' | 'posts.view' | 'connections.view' | 'follow' | 'account.edit' | 'post.edit';

type Rule = (relation: Relation) => boolean;

const apart: Rule = (relation) => relation.blocks || relation.blockedBy;
const open: Rule = (relation) => !apart(relation) && (!relation.isPrivate || relation.follows);

/** What strangers may do; the person themselves may do everything but follow. */
const RULES: Record<Action, Rule> = {
  // Who blocks someone still sees that there is such an account, or could not unblock it.
  'profile.view': (relation) => !relation.blockedBy,
  'posts.view': open,
  'connections.view': open,
  follow: (relation) => !apart(relation),
  'account.edit': () => false,
  'post.edit': () => false,
};

/**
 * Whether the viewer may do this to the person of the relation, or to what the person made. Pure; denies what it does not
 * know. The relation must be the viewer's own: an anonymous viewer has one of nobody, with `isPrivate` as it is.
 */
export function can(action: Action, relation: Relation): boolean {
  if (!relation.exists) return false;
  if (relation.isSelf) return action !== 'follow';
  return Object.hasOwn(RULES, action) && RULES[action](relation);
}
