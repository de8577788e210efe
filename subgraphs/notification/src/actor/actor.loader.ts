import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';

const NAMES = `query Names($people: [_Any!]!) { _entities(representations: $people) { ... on User { id username } } }`;

type Answer = { _entities: ({ id: string; username: string } | null)[] };

/** Usernames as they are now, of all people of one answer in one question; without those whom the viewer may not know of. */
export function createUsernameLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, string> {
  return createLoader(async (ids) => {
    const people = ids.map((id) => ({ __typename: 'User', id: String(id) }));
    const { _entities } = await client.request<Answer>('user', { query: NAMES, variables: { people }, pass });
    return new Map(_entities.filter((one) => one !== null).map(({ id, username }) => [id, username]));
  });
}
