import { createLoader, type Loader } from '@tintype/graphql';
import type { Identity } from '@tintype/viewer';
import type { PersonView } from './person.model.ts';
import type { PersonService } from './person.service.ts';

/** One statement for all people of an answer: for `relations`, for the counts and for `viewerFollows` alike. */
export function createPersonLoader(people: PersonService, identity: Identity): Loader<bigint, PersonView> {
  return createLoader((ids) => people.views(identity.viewer?.userId ?? null, ids));
}
