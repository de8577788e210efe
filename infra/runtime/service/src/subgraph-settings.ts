import { type SubgraphName, subgraphManifest } from '@tintype/schema/subgraphs';
import type { Settings } from './settings.ts';

/** What a subgraph's `config.ts` declares; nothing if it has none. */
export async function loadSettings(name: SubgraphName): Promise<readonly Settings<object>[]> {
  if (!(await subgraphManifest(name)).config) return [];
  return ((await import(`@tintype/${name}/config`)) as { settings: readonly Settings<object>[] }).settings;
}
