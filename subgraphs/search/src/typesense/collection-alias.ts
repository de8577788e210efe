import { type Client, Errors } from 'typesense';
import type { CollectionName } from '#search-index/documents.ts';
import { schemaOf } from './collection.schema.ts';

/** How many taken names are skipped. */
const ATTEMPTS = 10;

/**
 * The names on the server. Readers and writers use the two aliases of a collection, which the server resolves within
 * each request, so no write goes to a collection that was swapped out in the meantime.
 */
export function aliasNames(namespace: string) {
  const own = (name: string) => (namespace === '' ? name : `${namespace}_${name}`);
  return {
    live: (collection: CollectionName) => own(collection),
    building: (collection: CollectionName) => own(`${collection}_building`),
    version: (collection: CollectionName, version: number) => own(`${collection}_${version}`),
    /**
     * The time at which a version was created, in milliseconds since the Unix epoch. Null if the name belongs to
     * something else.
     */
    versionOf(collection: CollectionName, name: string): number | null {
      const version = name.startsWith(own(`${collection}_`)) ? name.slice(own(`${collection}_`).length) : '';
      return /^\d+$/.test(version) ? Number(version) : null;
    },
    nicknames: () => own('nicknames'),
  };
}

export type AliasNames = ReturnType<typeof aliasNames>;

/** @returns the collection behind an alias, or null if there is no such alias */
export async function findTarget(client: Client, alias: string): Promise<string | null> {
  const found = await unlessMissing(client.aliases(alias).retrieve());
  return found?.collection_name ?? null;
}

export async function pointTo(client: Client, alias: string, name: string): Promise<void> {
  await client.aliases().upsert(alias, { collection_name: name });
}

export async function removeAlias(client: Client, alias: string): Promise<void> {
  await unlessMissing(client.aliases(alias).delete());
}

export async function removeCollection(client: Client, name: string): Promise<void> {
  await unlessMissing(client.collections(name).delete());
}

/** Creates an empty collection unless it exists. @returns whether it was created */
export async function createCollection(
  client: Client,
  names: AliasNames,
  collection: CollectionName,
  name: string,
): Promise<boolean> {
  try {
    await client.collections().create(schemaOf(collection, name, collection === 'users' ? names.nicknames() : null));
    return true;
  } catch (error) {
    if (error instanceof Errors.ObjectAlreadyExists) return false;
    throw error;
  }
}

/** Creates a collection with a new name: its version is the time. */
export async function createVersion(client: Client, names: AliasNames, collection: CollectionName): Promise<string> {
  const now = Date.now();
  for (let version = now; version < now + ATTEMPTS; version++) {
    const name = names.version(collection, version);
    if (await createCollection(client, names, collection, name)) return name;
  }
  throw new Error(`There is no free name for a collection of ${collection}.`);
}

/** @returns null if the requested object does not exist */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Errors.ObjectNotFound) return null;
    throw error;
  }
}
