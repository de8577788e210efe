import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { wireSocialGraph } from '../src/index.ts';

type Payload = { state?: string; errors: { code: string }[] };

export type SocialGraphFixture = {
  environment: Environment;
  world: World;
  graph: TestSubgraphs;
  /** Sends a mutation about a person, by their id or by any text. */
  act(mutation: string, who: bigint, whom: bigint | string): Promise<Payload>;
  /** The same. @returns the codes of its errors */
  codes(mutation: string, who: bigint, whom: bigint | string): Promise<string[]>;
  close(): Promise<void>;
};

/** The social-graph subgraph with its workers, beside fakes of all others. */
export async function openSocialGraph(env: Record<string, string> = {}): Promise<SocialGraphFixture> {
  const environment = await createEnvironment({ env });
  const world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), 'social-graph': wireSocialGraph };
  const graph = await startSubgraphs(environment, wires, { workers: true });
  const act: SocialGraphFixture['act'] = async (mutation, who, whom) => {
    const state = /^(un)?followUser$/i.test(mutation) ? 'state' : '';
    const userId = typeof whom === 'string' ? whom : globalId('User', whom);
    const query = `mutation { ${mutation}(input: { userId: "${userId}" }) { ${state} errors { code } } }`;
    return (await graph.ask<Record<string, Payload>>('social-graph', who, query))[mutation]!;
  };
  return {
    environment,
    world,
    graph,
    act,
    codes: async (...sent) => (await act(...sent)).errors.map(({ code }) => code),
    async close() {
      await graph.close();
      await environment.close();
    },
  };
}
