import {
  createEnvironment,
  createWorld,
  type Environment,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { wireNotification } from '../src/index.ts';

export type SubgraphFixture = {
  environment: Environment;
  world: World;
  graph: TestSubgraphs;
  /** The newest notifications of a person. @param fields to select beside `kind` and `text` */
  notificationsOf(who: bigint, fields: string): Promise<{ kind: string; text: string }[]>;
  /** Chooses whose actions of a kind a person is notified of. */
  prefer(who: bigint, kind: string, audience: string): Promise<unknown>;
  close(): Promise<void>;
};

/** The notification subgraph with its workers, in a world of people and posts. */
export async function openSubgraph(): Promise<SubgraphFixture> {
  const environment = await createEnvironment();
  const world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), notification: wireNotification };
  const graph = await startSubgraphs(environment, wires, { workers: true });
  return {
    environment,
    world,
    graph,
    async notificationsOf(who, fields) {
      type Answer = { notifications: { edges: { node: { kind: string; text: string } }[] } };
      const query = `{ notifications { edges { node { kind text ${fields} } } } }`;
      const { notifications } = await graph.ask<Answer>('notification', who, query);
      return notifications.edges.map(({ node }) => node);
    },
    prefer: (who, kind, audience) =>
      graph.ask(
        'notification',
        who,
        `mutation { updateNotificationPreferences(input: { preferences: [{ kind: ${kind}, audience: ${audience} }] }) {
          errors { code } } }`,
      ),
    async close() {
      await graph.close();
      await environment.close();
    },
  };
}
