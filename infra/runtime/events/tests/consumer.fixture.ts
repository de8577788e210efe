import { createEnvironment, type Environment } from '@tintype/testing';
import {
  type ConsumerOptions,
  createConsumer,
  createOutbox,
  createRelay,
  removeStreams,
  type Worker,
} from '../src/index.ts';
import { publishEvents, type TestEvents } from './fixture.ts';

export const DURABLE = 'feed__test';

export type ConsumerFixture = {
  environment: Environment;
  /** Empties the outbox, removes the streams, and starts a relay. */
  start(): Promise<void>;
  /** Stops the relay and all consumers. */
  stop(): Promise<void>;
  /** Starts a consumer of all events about posts. Of options that are given twice, the later ones count. */
  consume(...options: Partial<ConsumerOptions>[]): Promise<Worker>;
  publishAll(events: Parameters<typeof publishEvents>[2]): Promise<void>;
};

/** An outbox of posts with its relay, and consumers of their stream. */
export async function openConsumers(): Promise<ConsumerFixture> {
  const environment = await createEnvironment();
  const { database, bus, ids, log } = environment;
  const outbox = createOutbox<TestEvents>({ owner: 'post', ids });
  let workers: Worker[] = [];
  const startWorker = async (worker: Worker) => {
    workers.push(worker);
    await worker.start();
    return worker;
  };
  return {
    environment,
    async start() {
      await database.pool.query('truncate "post"."outbox", "post"."relay_state", runtime.dead_letter');
      await removeStreams(bus);
      workers = [];
      await startWorker(createRelay({ owner: 'post', database, bus, log }));
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
    consume(...options) {
      const defaults = { bus, stream: 'post', durable: DURABLE, filter: 'tintype.post.post.>', backoffMs: [20], log };
      return startWorker(createConsumer(Object.assign({}, defaults, ...options) as ConsumerOptions));
    },
    publishAll: (events) => publishEvents(database.pool, outbox, events),
  };
}
