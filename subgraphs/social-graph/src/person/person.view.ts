import type { Loader } from '@tintype/graphql';
import { can } from '@tintype/policy';
import type { PersonModel, PersonView } from './person.model.ts';

/** These people as a list shows them: null for those whom the viewer blocks, or may not know of. */
export async function shownPeople(
  ids: readonly bigint[],
  people: Loader<bigint, PersonView>,
): Promise<(PersonModel | null)[]> {
  const views = await Promise.all(ids.map((id) => people.load(id)));
  return views.map((view, index) =>
    view && !view.relation.blocks && can('profile.view', view.relation) ? { id: ids[index]! } : null,
  );
}

/** One person, if the viewer may know of them now; also whom the viewer blocks, or nobody could be unblocked. */
export async function shownPerson(
  id: bigint,
  { loaders }: { loaders: { people: Loader<bigint, PersonView> } },
): Promise<PersonModel | null> {
  const view = await loaders.people.load(id);
  return view && can('profile.view', view.relation) ? { id } : null;
}
