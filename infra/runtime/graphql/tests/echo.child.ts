import { once } from 'node:events';
import { createLog } from '@tintype/telemetry';
import { createSubgraph, serveSubgraph } from '../src/index.ts';

// A subgraph in its own process, for tests that stop, freeze and kill it. It returns its pid and a counter.
const [name, socketPath, secret, when] = process.argv.slice(2) as [string, string, string, 'now' | 'later'];
const log = createLog({ name, level: 'silent' });
let counted = 0;

const subgraph = createSubgraph({
  name: 'echo',
  typeDefs: 'type Query { pid: Int!, after(ms: Int!): Int! } type Mutation { count: Int! }',
  resolvers: {
    Query: {
      pid: () => process.pid,
      after: async (_: unknown, { ms }: { ms: number }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return process.pid;
      },
    },
    Mutation: { count: () => ++counted },
  },
  createLoaders: () => ({}),
  log,
});
// A process that replaces another one has loaded everything before the other one ends, so loading is not part of the
// test.
if (when === 'later') {
  process.send?.('loaded');
  await once(process, 'message');
}
const served = await serveSubgraph({ subgraph, secret, listen: { socketPath }, ready: async () => ({}), log });
process.once('SIGTERM', async () => {
  await served.close();
  process.exit(0);
});
process.send?.('ready');
