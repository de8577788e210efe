import type { ListLoader, Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { type ConnectionLists, createConnectionLists } from '#connections/connection.loader.ts';
import { createMutualLists, createMutualLoader } from '#discovery/mutual/mutual.loader.ts';
import { createPersonLoader } from '#person/person.loader.ts';
import type { PersonView } from '#person/person.model.ts';
import type { PersonService } from '#person/person.service.ts';

export type Loaders = {
  /** How the viewer stands to a person, with the person's counts. */
  people: Loader<bigint, PersonView>;
  /** How many people the viewer follows who also follow this person. */
  mutuals: Loader<bigint, number>;
  /** Those people, in the order of their ids. */
  mutualLists: ListLoader<bigint, { userId: bigint }>;
  lists: ConnectionLists;
};

export function createLoaders(deps: { people: PersonService; pool: Executor }): (identity: Identity) => Loaders {
  return (identity) => ({
    people: createPersonLoader(deps.people, identity),
    mutuals: createMutualLoader(deps.pool, identity),
    mutualLists: createMutualLists(deps.pool, identity),
    lists: createConnectionLists(deps.pool),
  });
}
