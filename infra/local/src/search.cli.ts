import { loadWire } from '@tintype/gateway';
import { createHttpClient, createLocalClients, type Subgraph, type SubgraphClient } from '@tintype/graphql';
import { openSearchIndex, type Progress, readStatus, reindex } from '@tintype/search';
import { closeAll, onEndAsked, openResources, type Resources, readConfig, readEnvironment } from '@tintype/service';
import { readRunning } from './running.ts';

const HELP = `npm run search -- <command>
  reindex   builds the index anew beside the live one, from what the user and post subgraphs have, and swaps it in; goes on where it was killed
  status    shows the collections, what waits to be indexed, and a reindexing that has not ended
Settings: the environment, as every process of the platform reads it, else those of the platform that runs in this checkout.`;

/** Who is asked while the index is built anew, and whom these ask. In this process, where SUBGRAPH_URLS does not say where they are. */
const OWNERS = ['user', 'social-graph', 'post'] as const;

/** Of the bar of a step. */
const WIDTH = 30;
const LABELS: Record<Progress['step'], string> = { facts: 'asking for', documents: 'indexing' };
let line = '';

const command = process.argv[2];
if (command !== 'reindex' && command !== 'status') {
  console.log(HELP);
  process.exit(command === undefined || command.includes('help') ? 0 : 2);
}
try {
  await run(command);
  // The stores are closed; libraries of the subgraphs that were asked may hold timers.
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run(asked: 'reindex' | 'status'): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'warn', ...(await readRunning()), ...readEnvironment() });
  const resources = await openResources(config, 'search-cli');
  const { database, log } = resources;
  const remote = createHttpClient({ service: 'search', urls: config.subgraphUrls, secret: config.secret, log });
  const opened = await openSearchIndex({ config, pool: database.pool, log });
  const { index } = opened;
  const stopping = new AbortController();
  onEndAsked(
    () => stopping.abort(new Error('Stopped: run it again to go on.')),
    () => process.exit(1),
  );
  try {
    if (asked === 'reindex') {
      const client = await openOwners(resources, remote);
      await reindex({ pool: database.pool, index, client, report: show, signal: stopping.signal });
    }
    describe(await readStatus({ pool: database.pool, index }));
  } finally {
    await closeAll([resources, remote, opened], log);
  }
}

async function openOwners(resources: Resources, remote: SubgraphClient): Promise<SubgraphClient> {
  const subgraphs = new Map<string, Subgraph>();
  if (Object.keys(resources.config.subgraphUrls).length > 0) return remote;
  const clientOf = createLocalClients(subgraphs);
  for (const name of OWNERS) {
    const wire = await loadWire(name);
    subgraphs.set(name, (await wire({ ...resources, client: clientOf(name) })).subgraph);
  }
  return clientOf('search');
}

/** A bar per step on a terminal; elsewhere a line where a step ends. */
function show({ collection, step, done, total, resumed }: Progress): void {
  const part = total === 0 ? 1 : done / total;
  const label = `${LABELS[step]} ${collection}${resumed ? ' (resumed)' : ''}`;
  const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.');
  const text = `${label.padEnd(30)} [${bar}] ${String(Math.floor(part * 100)).padStart(3)}%  ${done} of ${total}`;
  const isNext = !line.startsWith(label);
  if (process.stdout.isTTY) process.stdout.write(`${isNext && line !== '' ? '\n' : '\r'}${text}\u001b[K`);
  else if (done === total) console.log(text);
  line = text;
}

function describe({ driver, healthy, collections, rebuild }: Awaited<ReturnType<typeof readStatus>>): void {
  if (process.stdout.isTTY && line !== '') process.stdout.write('\n');
  console.log(`driver ${driver}: ${healthy ? 'answers' : 'does not answer'}`);
  console.table(
    collections.map(({ collection, live, building, documents, waiting }) => ({
      collection,
      live: live ?? '',
      building: building ?? '',
      documents,
      'to be indexed': waiting,
    })),
  );
  for (const { collection, step, documents, done, changedAt } of rebuild) {
    const state = done ? 'done' : 'under way or killed';
    console.log(
      `reindexing: ${LABELS[step]} ${collection}: ${documents}, ${state}, last step ${changedAt.toISOString()}`,
    );
  }
}
