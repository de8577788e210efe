export { isNewAccount, NEW_ACCOUNT_LIMITS } from './new-account.rules.ts';
export { type Action, can, canViewPosts, type PostAudience } from './policy.ts';
export { missingRelation, type Relation, selfRelation } from './relation.ts';
