import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { loadWire, type Wire } from '@tintype/service';

/** The wire function of every subgraph, by name. */
export async function loadWires(): Promise<Record<string, Wire>> {
  return Object.fromEntries(await Promise.all(SUBGRAPHS.map(async (name) => [name, await loadWire(name)] as const)));
}
