import type { Loader } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';
import { createPersonLoader } from '#person/person.loader.ts';
import type { PersonView } from '#person/person.model.ts';
import type { PersonService } from '#person/person.service.ts';

export type Loaders = {
  /** A person as the viewer stands to them, with counts. */
  people: Loader<bigint, PersonView>;
};

export function createLoaders(deps: { people: PersonService }): (pass: ViewerPass) => Loaders {
  return (pass) => ({ people: createPersonLoader(deps.people, pass) });
}
