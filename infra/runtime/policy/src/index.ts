export { type Action, can } from './policy.ts';
export { missingRelation, type Relation, selfRelation } from './relation.ts';
export { relationLoaderOf } from './relations.loader.ts';
