import type { Loader } from '@tintype/graphql';
import { can } from '@tintype/policy';
import type { PersonModel, PersonView } from './person.model.ts';

/** The people of a list, with null for those whom the viewer blocks or may not see. */
export async function findVisiblePeople(
  ids: readonly bigint[],
  people: Loader<bigint, PersonView>,
): Promise<(PersonModel | null)[]> {
  const views = await Promise.all(ids.map((id) => people.load(id)));
  return views.map((view, index) =>
    view && !view.relation.blocks && can('profile.view', view.relation) ? { id: ids[index]! } : null,
  );
}

/** The same with people whom the viewer blocks: for the viewer's own lists of whom they block, mute or restrict. */
export async function findKnownPeople(
  ids: readonly bigint[],
  people: Loader<bigint, PersonView>,
): Promise<(PersonModel | null)[]> {
  const views = await Promise.all(ids.map((id) => people.load(id)));
  return views.map((view, index) => (view && can('profile.view', view.relation) ? { id: ids[index]! } : null));
}

/**
 * A person, or null if the viewer may not see them. People whom the viewer blocks are returned, so that they can be
 * unblocked.
 */
export async function findVisiblePerson(
  id: bigint,
  { loaders }: { loaders: { people: Loader<bigint, PersonView> } },
): Promise<PersonModel | null> {
  const view = await loaders.people.load(id);
  return view && can('profile.view', view.relation) ? { id } : null;
}
