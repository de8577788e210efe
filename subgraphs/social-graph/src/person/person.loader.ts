import { createLoader, type Loader } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';
import type { PersonView } from './person.model.ts';
import type { PersonService } from './person.service.ts';

/** One statement for all people of an answer: for `relations`, for the counts and for `viewerFollows` alike. */
export function createPersonLoader(people: PersonService, pass: ViewerPass): Loader<bigint, PersonView> {
  return createLoader((ids) => people.views(pass.viewer?.userId ?? null, ids));
}
