import { randomUUID } from 'node:crypto';
import {
  createLocalClients,
  dataOf,
  type Subgraph,
  type SubgraphClient,
  type SubgraphClientRequest,
} from '@tintype/graphql';
import { globalId, type SnowflakeType } from '@tintype/ids';
import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';
import { type Closeable, closeAll, startWorkers, type Wire, type Worker } from '@tintype/service';
import { type Subject, subjectOf } from '@tintype/viewer';
import type { Environment } from './environment.ts';

export type TestSubgraphs = {
  /** The gateway's. */
  client: SubgraphClient;
  clientOf(service: string): SubgraphClient;
  /**
   * The data of an operation that the gateway forwards for this viewer. @throws SubgraphError with the messages of its
   * errors
   */
  ask<Data>(subgraph: string, viewerId: bigint | null, query: string, variables?: object): Promise<Data>;
  /**
   * The data of an operation that a service sends for itself, on behalf of this viewer; null is the platform. @throws
   * SubgraphError
   */
  askAs<Data>(
    service: string,
    subgraph: string,
    viewerId: bigint | null,
    query: string,
    variables?: object,
  ): Promise<Data>;
  close(): Promise<void>;
};

/**
 * Some subgraphs in one process, without a gateway. Each works as its own database role.
 *
 * @param options.workers whether to run their workers, too
 */
export async function startSubgraphs(
  environment: Environment,
  wires: Readonly<Partial<Record<SubgraphName, Wire>>>,
  options: { workers?: boolean } = {},
): Promise<TestSubgraphs> {
  const subgraphs = new Map<string, Subgraph>();
  const clientOf = createLocalClients(subgraphs);
  const workers: Worker[] = [];
  const opened: Closeable[] = [];
  for (const name of SUBGRAPHS) {
    const wire = wires[name];
    if (!wire) continue;
    const owned = environment.ownedBy(name, { quota: 'half' });
    opened.push(owned.database);
    const wired = await wire({ ...owned, client: clientOf(name) });
    subgraphs.set(name, wired.subgraph);
    opened.push({ close: async () => wired.close?.() });
    if (options.workers) workers.push(...wired.createWorkers(environment.bus));
  }
  const running = await startWorkers(workers);
  const send = async <Data>(
    client: SubgraphClient,
    subgraph: string,
    asked: Pick<SubgraphClientRequest, 'query' | 'isInternal'> & { subject: Subject; variables: object },
  ) => {
    const { subject, ...request } = asked;
    const operation = request.query.trimStart().startsWith('mutation') ? 'mutation' : 'query';
    const identity = { ...subject, requestId: randomUUID(), operation } as const;
    const variables = request.variables as Record<string, unknown>;
    return dataOf<Data>(subgraph, await client.execute(subgraph, { ...request, variables, identity }));
  };
  const viewerOf = (userId: bigint) => ({ userId, sessionId: '1' });
  const client = clientOf('gateway');
  return {
    client,
    clientOf,
    ask(subgraph, viewerId, query, variables = {}) {
      const subject = subjectOf(viewerId === null ? null : viewerOf(viewerId));
      return send(client, subgraph, { query, subject, variables });
    },
    askAs(service, subgraph, viewerId, query, variables = {}) {
      const subject = viewerId === null ? PLATFORM : subjectOf(viewerOf(viewerId));
      return send(clientOf(service), subgraph, { query, subject, variables, isInternal: true });
    },
    close: () => closeAll([...opened, running], environment.log),
  };
}

/** How other subgraphs refer to an entity: a representation for `_entities`. */
export function referenceTo<Type extends SnowflakeType>(__typename: Type, id: bigint) {
  return { __typename, id: globalId(__typename, id) };
}

const PLATFORM: Subject = { kind: 'platform', viewer: null };
