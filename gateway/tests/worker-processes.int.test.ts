import { createLocalClients } from '@tintype/graphql';
import { SUBGRAPHS, subgraphManifest } from '@tintype/schema/subgraphs';
import { type Closeable, closeAll, loadWire } from '@tintype/service';
import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let environment: Environment;
const open: Closeable[] = [];
beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(async () => {
  await closeAll(open, environment.log);
  await environment.close();
});

test.each(SUBGRAPHS)(
  'each worker of %s runs in exactly one process where the platform is distributed',
  async (name) => {
    const client = createLocalClients(new Map())(name);
    const { createWorkers, close } = await (await loadWire(name))({ ...environment, client });
    open.push({ close: async () => close?.() });
    const wired = createWorkers(environment.bus)
      .map((worker) => worker.name)
      .toSorted();
    const processes = Object.values((await subgraphManifest(name)).workers);
    // Without a list, a process runs all workers.
    const run = processes.flatMap((list) => (list.length > 0 ? list : wired)).toSorted();
    expect(run).toEqual(wired);
  },
);
