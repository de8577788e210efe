import type { EventBus } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import { createNeighbourEvents, type NeighbourEvents } from './neighbour-events.ts';
import { answersOf } from './world.answers.ts';
import { createPeople, type WorldPeople } from './world.people.ts';
import { createPosts, type WorldPosts } from './world.posts.ts';
import { createRelationships, type WorldRelationships } from './world.relationships.ts';

/**
 * People, their relationships and their posts, as the user, social-graph and post subgraphs have them. Changes are in
 * the answers at once and publish the events that the real subgraphs publish. Deleting an account also ends the
 * person's relationships and deletes their posts.
 */
export type World = WorldPeople &
  WorldRelationships &
  WorldPosts & {
    /** What the fakes of user, social-graph and post answer, for `fakeSubgraphs`. */
    answers: ReturnType<typeof answersOf>;
    events: NeighbourEvents;
    /** Runs changes whose events do not arrive. */
    withoutEvents<T>(change: () => Promise<T>): Promise<T>;
  };

/** @param deps of the test's environment */
export function createWorld(deps: { bus: EventBus; ids: IdGenerator }): World {
  const { ids } = deps;
  const events = createNeighbourEvents(deps);
  let isSilent = false;
  const publish: NeighbourEvents['publish'] = async (...event) => {
    if (!isSilent) await events.publish(...event);
  };
  const accounts = createPeople({ ids, publish });
  const { people } = accounts;
  const { follows, endAllOf, ...relationships } = createRelationships({ ids, publish, people });
  const { relation } = relationships;
  const { deletePostsOf, ...published } = createPosts({ ids, publish, people, relation });
  const { posts, isVisible } = published;

  return {
    ...accounts,
    ...relationships,
    ...published,
    answers: answersOf({ people, posts, follows, relation, isVisible }),
    events,
    async deleteAccount(id) {
      await accounts.deleteAccount(id);
      await endAllOf(id);
      await deletePostsOf(id);
    },
    async withoutEvents(change) {
      isSilent = true;
      try {
        return await change();
      } finally {
        isSilent = false;
      }
    },
  };
}
