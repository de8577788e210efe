export { type Action, can } from './policy.ts';
export { missingRelation, type Relation, selfRelation } from './relation.ts';
