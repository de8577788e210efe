import type { Connection } from '@tintype/graphql';
import type { PersonModel } from '#person/person.model.ts';

/** Someone whom a viewer may want to follow: see the table for the score. */
export type Suggestion = { personId: bigint; score: bigint; reasons: bigint[] };

/** Parent of `SuggestionConnection`: each with the people who are named as mutual. */
export type SuggestionConnectionModel = {
  edges: { cursor: string; node: PersonModel; mutuals: PersonModel[] }[];
  pageInfo: Connection<never>['pageInfo'];
};
