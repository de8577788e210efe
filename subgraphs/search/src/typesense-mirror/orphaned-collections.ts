import type { Client } from 'typesense';
import type { CollectionName } from '#search-index/documents.ts';
import { type AliasNames, findTarget, removeCollection } from '#typesense/collection-alias.ts';

/** An alias is set right after a collection is created, so an older collection without an alias is orphaned. */
const ABANDONED_MS = 3_600_000;

/** Removes collections of processes that died before they set the alias. */
export async function removeOrphanedCollections(
  client: Client,
  names: AliasNames,
  collection: CollectionName,
): Promise<void> {
  const [live, building, all] = await Promise.all([
    findTarget(client, names.live(collection)),
    findTarget(client, names.building(collection)),
    client.collections().retrieve({ exclude_fields: 'fields' }),
  ]);
  for (const { name } of all) {
    const version = names.versionOf(collection, name);
    const isOrphaned = version !== null && version < Date.now() - ABANDONED_MS && name !== live && name !== building;
    if (isOrphaned) await removeCollection(client, name);
  }
}
