import { randomUUID } from 'node:crypto';
import { createLocalClient, dataOf, type Subgraph, type SubgraphClient } from '@tintype/graphql';
import { type Closeable, closeAll, startWorkers, type Wire, type Worker } from '@tintype/service';
import type { Environment } from './environment.ts';

export type TestSubgraphs = {
  client: SubgraphClient;
  /** Data of a query or mutation for this viewer. @throws Error with the messages of its errors */
  ask<Data>(subgraph: string, viewerId: bigint | null, query: string, variables?: object): Promise<Data>;
  close(): Promise<void>;
};

/**
 * Some subgraphs as one process holds them, without a gateway.
 *
 * @param options.workers whether theirs run too
 */
export async function startSubgraphs(
  environment: Environment,
  wires: Readonly<Record<string, Wire>>,
  options: { workers?: boolean } = {},
): Promise<TestSubgraphs> {
  const subgraphs = new Map<string, Subgraph>();
  const client = createLocalClient(subgraphs);
  const workers: Worker[] = [];
  const opened: Closeable[] = [];
  for (const [name, wire] of Object.entries(wires)) {
    const wired = await wire({ ...environment, client });
    subgraphs.set(name, wired.subgraph);
    opened.push({ close: async () => wired.close?.() });
    workers.push(...wired.workers);
  }
  const running = await startWorkers(options.workers ? workers : []);
  return {
    client,
    async ask(subgraph, viewerId, query, variables = {}) {
      const viewer = viewerId === null ? null : { userId: viewerId, sessionId: '1' };
      const operation = query.trimStart().startsWith('mutation') ? 'mutation' : 'query';
      const pass = { viewer, requestId: randomUUID(), operation } as const;
      const request = { query, variables: variables as Record<string, unknown>, pass };
      return dataOf(subgraph, await client.execute(subgraph, request));
    },
    close: () => closeAll([...opened, running], environment.log),
  };
}
