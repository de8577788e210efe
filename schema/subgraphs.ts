import { existsSync, readFileSync } from 'node:fs';

/** The names of all subgraphs, in the order of composition. */
export const SUBGRAPHS = [
  'user',
  'social-graph',
  'post',
  'feed',
  'engagement',
  'notification',
  'search',
  'moderation',
] as const;

export type SubgraphName = (typeof SUBGRAPHS)[number];

/** The services whose SDL is composed: the subgraphs, and the gateway, which runs a subgraph of its own. */
export const SERVICES = ['gateway', ...SUBGRAPHS] as const;

export type ServiceName = (typeof SERVICES)[number];

/** The owners of tables: the subgraphs, and `runtime` for what every process needs (worker numbers, dead letters). */
export const OWNERS = ['runtime', ...SUBGRAPHS] as const;

export type Owner = (typeof OWNERS)[number];

/** The Postgres schema of an owner. */
export function schemaOf(owner: Owner): string {
  return owner.replaceAll('-', '_');
}

/** The database role as which an owner's connections work. */
export function roleOf(owner: Owner): string {
  return `tintype_${schemaOf(owner)}`;
}

/** What the rest of the platform has to know about a subgraph, in its `subgraph.ts`. */
export type SubgraphManifest = {
  /**
   * The parent types of resolvers that differ from the types of the SDL: `<file>#<type>`, with the file relative to the
   * subgraph's `src`.
   */
  models: Readonly<Record<string, string>>;
  /**
   * Its worker processes when the platform is distributed: which workers each one runs, or all if the list is empty.
   */
  workers: Readonly<Record<string, readonly string[]>>;
  /** Whether it creates tables in its Postgres schema while it runs, beside those of its migrations. */
  makesTables?: boolean;
  /** Whether it has settings beside those of every process, in `src/config.ts`. */
  config?: boolean;
};

/** The owners whose tables this repository migrates: all, unless subgraphs have repositories of their own. */
export function listLocalOwners(): Owner[] {
  return ['runtime', ...SUBGRAPHS.filter(isLocal)];
}

/** Whether the code of a subgraph is in this repository. */
function isLocal(name: SubgraphName): boolean {
  return existsSync(manifestOf(name));
}

export async function subgraphManifest(name: SubgraphName): Promise<SubgraphManifest> {
  if (!isLocal(name)) throw new Error(`The code of the subgraph ${name} is not in this repository.`);
  return ((await import(manifestOf(name).href)) as { default: SubgraphManifest }).default;
}

function manifestOf(name: SubgraphName): URL {
  return new URL(`../subgraphs/${name}/subgraph.ts`, import.meta.url);
}

/** The SDL of one service, as written by hand in `schema/graphql`. */
export function subgraphSdl(name: ServiceName): string {
  return readFileSync(new URL(`./graphql/${name}.graphql`, import.meta.url), 'utf8');
}

/** The committed supergraph. */
export function supergraphSdl(): string {
  return readFileSync(new URL('./supergraph.graphql', import.meta.url), 'utf8');
}
