import type { Client } from 'typesense';
import type { CollectionName } from '#index-store/documents.ts';
import { type AliasNames, findTarget, removeCollection } from './collection-alias.ts';

/** Nobody makes a collection and points to it an hour later. */
const ABANDONED_MS = 3_600_000;

/** Removes what a process left that ended between making a collection and pointing to it. */
export async function removeLeftovers(client: Client, names: AliasNames, collection: CollectionName): Promise<void> {
  const [live, building, all] = await Promise.all([
    findTarget(client, names.live(collection)),
    findTarget(client, names.building(collection)),
    client.collections().retrieve({ exclude_fields: 'fields' }),
  ]);
  for (const { name } of all) {
    const version = names.versionOf(collection, name);
    const isLeft = version !== null && version < Date.now() - ABANDONED_MS && name !== live && name !== building;
    if (isLeft) await removeCollection(client, name);
  }
}
