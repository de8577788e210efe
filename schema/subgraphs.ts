import { readFileSync } from 'node:fs';

/** Name of every subgraph of the supergraph, in the order in which composition lists them. */
export const SUBGRAPHS = ['user', 'social-graph', 'post', 'feed', 'engagement', 'notification', 'search'] as const;

export type SubgraphName = (typeof SUBGRAPHS)[number];

/** Whose SDL is composed: the subgraphs, and the gateway, which serves a part of its own in its process. */
export const SERVICES = ['gateway', ...SUBGRAPHS] as const;

export type ServiceName = (typeof SERVICES)[number];

/** Whose tables there are: the subgraphs' own, and `runtime`, what every process needs (worker numbers, dead letters). */
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

/** What the rest of the platform has to know of a subgraph, in its `subgraph.ts`. */
export type SubgraphManifest = {
  /**
   * What a resolver gets as parent of a type, where that is not the type of the SDL itself: `<file>#<type>`, the file relative to the
   * subgraph's `src`.
   */
  models: Readonly<Record<string, string>>;
  /** Its worker processes where the platform is distributed: which workers are in each; all where the list is empty. */
  workers: Readonly<Record<string, readonly string[]>>;
  /** Whether it creates tables in its Postgres schema while it runs, beside those of its migrations. */
  makesTables?: boolean;
};

export async function subgraphManifest(name: SubgraphName): Promise<SubgraphManifest> {
  const file = new URL(`../subgraphs/${name}/subgraph.ts`, import.meta.url);
  return ((await import(file.href)) as { default: SubgraphManifest }).default;
}

/** SDL of one service, as written by hand in `schema/graphql`. */
export function subgraphSdl(name: ServiceName): string {
  return readFileSync(new URL(`./graphql/${name}.graphql`, import.meta.url), 'utf8');
}

/** The composed supergraph, as committed. */
export function supergraphSdl(): string {
  return readFileSync(new URL('./supergraph.graphql', import.meta.url), 'utf8');
}
