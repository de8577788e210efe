import type { Connection } from '@tintype/graphql';
import type { PersonModel } from '#person/person.model.ts';

/** Somebody whom the viewer may want to follow. See the table for the score. */
export type Suggestion = { personId: bigint; score: bigint; reasons: bigint[] };

/** Parent of `SuggestionConnection`: each suggestion with the mutual people who are named. */
export type SuggestionConnectionModel = {
  edges: { cursor: string; node: PersonModel; mutuals: PersonModel[] }[];
  pageInfo: Connection<never>['pageInfo'];
};
