import { missingRelation, type Relation, selfRelation } from '@tintype/policy';
import { RelationsDocument, RelationsOfNobodyDocument } from '@tintype/schema/internal/social-graph';
import type { ViewerPass } from '@tintype/viewer';
import type { SubgraphClient } from '../client.ts';
import { createLoader, type Loader } from '../loader.ts';
import { perRequest } from '../per-request.ts';

/** Of each client, so that tests with several platforms in one process stay apart. */
const shared = new WeakMap<SubgraphClient, (pass: ViewerPass) => Loader<bigint, Relation>>();

/**
 * How the viewer stands to people: all people of one answer in one question to the social-graph subgraph, whichever subgraphs of this
 * process want to know. A visitor's relations tell only whether an account exists and is private.
 */
export function relationLoaderOf(deps: { client: SubgraphClient; pass: ViewerPass }): Loader<bigint, Relation> {
  const { client, pass } = deps;
  let loaderOf = shared.get(client);
  if (!loaderOf) {
    loaderOf = perRequest((asking) => createLoader((ids) => findRelations(client, ids, asking)));
    shared.set(client, loaderOf);
  }
  return loaderOf(pass);
}

/** How the viewer stands to each of these people, by id, as the social-graph subgraph says now. @throws SubgraphError */
export async function findRelations(
  client: SubgraphClient,
  ids: readonly bigint[],
  pass: ViewerPass,
): Promise<Map<string, Relation>> {
  const viewerId = pass.viewer?.userId;
  const found = new Map<string, Relation>();
  if (viewerId !== undefined && ids.includes(viewerId)) found.set(String(viewerId), selfRelation(viewerId));
  const userIds = ids.map(String).filter((id) => !found.has(id));
  if (userIds.length === 0) return found;
  const { relations } =
    viewerId === undefined
      ? await client.request(RelationsOfNobodyDocument, { userIds }, pass)
      : await client.request(RelationsDocument, { userIds }, pass);
  for (const { userId, ...relation } of relations) {
    found.set(userId, { ...missingRelation(BigInt(userId)), ...relation });
  }
  return found;
}
