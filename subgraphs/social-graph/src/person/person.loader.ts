import { createLoader, type Loader } from '@tintype/graphql';
import type { Identity } from '@tintype/viewer';
import type { PersonView } from './person.model.ts';
import type { PersonService } from './person.service.ts';

/** Reads all people of a response in one statement, for `relations`, the counts and `viewerFollows`. */
export function createPersonLoader(people: PersonService, identity: Identity): Loader<bigint, PersonView> {
  return createLoader((ids) => people.views(identity.viewer?.userId ?? null, ids));
}
