import { createCommand, createProgress, runCommand, type Task } from '@tintype/cli';
import { createHttpClient, createLocalClients, type Subgraph, type SubgraphClient } from '@tintype/graphql';
import { readRunning } from '@tintype/local/running';
import {
  closeAll,
  databaseSettings,
  loadSettings,
  loadWire,
  type OpenResources,
  onEndAsked,
  openResources,
  readConfig,
  readEnvironment,
} from '@tintype/service';
import { typesenseSettings } from '#config.ts';
import type { Progress } from '#reindex/collection-build.service.ts';
import { reindex } from '#reindex/reindex.service.ts';
import { readStatus } from '#reindex/status.service.ts';
import { openSearchIndex } from '#search-index/open-search-index.ts';

/**
 * The subgraphs that reindexing calls, and those that they call. In this process, unless SUBGRAPH_URLS has their
 * addresses.
 */
const OWNERS = ['user', 'social-graph', 'post'] as const;

const LABELS: Record<Progress['step'], string> = { projection: 'asking for', documents: 'indexing' };

const command = createCommand('npm run search --')
  .description('Rebuilds the search index, or shows its state.')
  .addHelpText(
    'after',
    '\nSettings: the environment, as for every process of the platform, otherwise those of the platform that runs in this checkout.',
  );
command
  .command('reindex')
  .description(
    'build a new index beside the live one, from what the user and post subgraphs have, and swap it in; resumes where it was stopped',
  )
  .action(() => run('reindex'));
command
  .command('status')
  .description('show the collections, what waits to be indexed, and a reindexing that has not ended')
  .action(() => run('status'));

await runCommand(command);
// The stores are closed, but the subgraphs may have started timers.
process.exit();

async function run(asked: 'reindex' | 'status'): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'warn', ...(await readRunning()), ...readEnvironment() }, [
    databaseSettings,
    ...(await loadSettings('search')),
  ]);
  const resources = await openResources(config, 'search-cli');
  const { database, databaseUrl, log } = resources.ownedBy('search', { quota: 'all' });
  const remote = createHttpClient({ service: 'search', urls: config.subgraphUrls, secret: config.secret, log });
  const opened = await openSearchIndex({
    config,
    databaseUrl,
    ...config.of(typesenseSettings),
    pool: database.pool,
    log,
  });
  const { index } = opened;
  const stopping = new AbortController();
  onEndAsked(
    () => stopping.abort(new Error('Stopped: run it again to go on.')),
    () => process.exit(1),
  );
  try {
    if (asked === 'reindex') {
      const client = await openOwners(resources, remote);
      const report = createReindexReport();
      await reindex({ pool: database.pool, index, client, report: report.show, signal: stopping.signal }).finally(
        report.stop,
      );
    }
    describe(await readStatus({ pool: database.pool, index }));
  } finally {
    await closeAll([resources, remote, opened], log);
  }
}

async function openOwners(resources: OpenResources, remote: SubgraphClient): Promise<SubgraphClient> {
  const subgraphs = new Map<string, Subgraph>();
  if (Object.keys(resources.config.subgraphUrls).length > 0) return remote;
  const clientOf = createLocalClients(subgraphs);
  for (const name of OWNERS) {
    const wire = await loadWire(name);
    subgraphs.set(
      name,
      (await wire({ ...resources.ownedBy(name, { quota: 'all' }), client: clientOf(name) })).subgraph,
    );
  }
  return clientOf('search');
}

/** Shows a bar for each step on a terminal. Otherwise a line is printed at the end of each step. */
function createReindexReport(): { show(progress: Progress): void; stop(): void } {
  const progress = createProgress();
  let current: { label: string; task: Task } | undefined;
  return {
    show({ collection, step, done, total, resumed }) {
      const label = `${LABELS[step]} ${collection}${resumed ? ' (resumed)' : ''}`;
      if (current?.label !== label) {
        current?.task.end();
        current = { label, task: progress.start(label, total) };
      }
      current.task.update(done);
      if (done === total) progress.log(`${label}: ${done} of ${total}`);
    },
    stop: () => progress.stop(),
  };
}

function describe({ driver, healthy, collections, rebuild }: Awaited<ReturnType<typeof readStatus>>): void {
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
