import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { type Owner, schemaOf } from '@tintype/schema/subgraphs';
import { createMigrationAdapter } from '#migrations/migration.adapter.ts';
import { readSchemasOf } from '#migrations/migration.folder.ts';

export const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Prisma's official schema engine as WebAssembly, for one owner: nothing is downloaded, and the database speaks to it
 * through `pg`.
 *
 * @param options.history whether it reads or writes the owner's history; if not, the SQL contains the name of the
 * schema
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  owner: Owner,
  work: (engine: SchemaEngine) => Promise<T>,
  { history = true }: { history?: boolean } = {},
): Promise<T> {
  const schemas = await readSchemasOf(owner);
  const datamodels = schemas.map(({ path, content }): [string, string] => [path, content]);
  const factory = createMigrationAdapter(databaseUrl, history ? schemaOf(owner) : null);
  const opened = new Set<{ dispose(): Promise<void> }>();
  // The engine does not dispose of all that it opened: what is left is disposed here, twice does no harm.
  const tracked = {
    ...factory,
    connect: async () => track(opened, await factory.connect()),
    connectToShadowDb: async () => track(opened, await factory.connectToShadowDb()),
  };
  const bound = bindMigrationAwareSqlAdapterFactory(tracked);
  try {
    const engine = await SchemaEngine.new({ datamodels }, () => undefined, bound);
    try {
      return await work(engine);
    } catch (error) {
      throw unwrap(error, bound.errorRegistry);
    } finally {
      engine.free();
    }
  } finally {
    for (const adapter of opened) await adapter.dispose();
  }
}

function track<A extends { dispose(): Promise<void> }>(opened: Set<{ dispose(): Promise<void> }>, adapter: A): A {
  const dispose = adapter.dispose;
  let disposed: Promise<void> | undefined;
  adapter.dispose = () => {
    disposed ??= dispose.call(adapter);
    return disposed;
  };
  opened.add(adapter);
  return adapter;
}

/** A JavaScript error crosses WebAssembly as a number: this gives the real one back. */
function unwrap(error: unknown, registry: { consumeError(id: number): { error: unknown } | undefined }): unknown {
  const id = /External error \(reference id: (\d+)\)/.exec(error instanceof Error ? error.message : '')?.[1];
  return (id && registry.consumeError(Number(id))?.error) ?? error;
}
