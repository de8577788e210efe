import { backoffMs, pause } from '@tintype/bounds';
import type { Database } from '@tintype/postgres';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import { createAudit } from '#relay/relay.audit.ts';
import { writeCheckpoint } from '#relay/relay.checkpoint.ts';
import * as metrics from '#relay/relay.metrics.ts';
import { publishRows } from '#relay/relay.publish.ts';
import { createRelayRepository, type RelayRepository } from '#relay/relay.repository.ts';
import { openRelaySession, type RelaySession } from '#relay/relay.session.ts';
import { checkStream } from '#relay/relay.stream.ts';
import type { Worker } from '#worker.ts';

const BATCH = 500;
/** The interval without notifications. */
const POLL_MS = 500;
/** Pauses while a transaction is running that will not notify: the first one, doubled up to the second one. */
const AWAKE_MS = [5, 100] as const;
const STANDBY_MS = 1000;
const CHECK_STREAM_MS = 5000;
const MEASURE_MS = 5000;
const AUDIT_MS = 1000;
const PRUNE_MS = 60_000;

/**
 * Publishes an owner's outbox in order per subject. Any number of relays may run: one is active, and the others take
 * over when its session with Postgres ends. It survives failures of Postgres and NATS. If in doubt, an event is
 * published again, and the stream drops duplicates by the event's id.
 */
export function createRelay(options: {
  owner: SubgraphName;
  database: Pick<Database, 'pool'>;
  bus: EventBus;
  log: Log;
  /** For a test of what happens without it. */
  pollMs?: number;
}): Worker {
  const { owner, database, bus, pollMs = POLL_MS } = options;
  const log = options.log.child({ relay: owner });
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  let failed = 0;
  /** The highest position in the outbox that was published. */
  let published = 0n;

  async function run(signal: AbortSignal): Promise<void> {
    failed = 0;
    while (!signal.aborted) {
      try {
        await withSession(signal);
      } catch (error) {
        if (signal.aborted) return;
        failed += 1;
        metrics.failures.inc({ owner });
        bus.publishErrors.failed(owner, error);
        log.warn({ error, failed }, 'The relay restarts.');
        await pause(backoffMs(failed), signal);
      }
    }
  }

  async function withSession(signal: AbortSignal): Promise<void> {
    const session = await openRelaySession(database, owner, signal);
    try {
      while (!(await session.tryLead())) {
        // The relay that leads reports errors.
        bus.publishErrors.ended(owner);
        await session.wait(STANDBY_MS * (0.5 + Math.random()), signal);
        session.assertAlive();
        if (signal.aborted) return;
      }
      log.info('The relay is active.');
      metrics.active.set({ owner }, 1);
      await relay(session, signal);
    } finally {
      metrics.active.set({ owner }, 0);
      await session.close();
    }
  }

  async function relay(session: RelaySession, signal: AbortSignal): Promise<void> {
    const repository = createRelayRepository(session.client, owner);
    const audit = createAudit({ bus, owner, repository, log });
    const check = due(CHECK_STREAM_MS, async () => {
      const { info, checkpoint } = await checkStream({ bus, owner, repository, log });
      published = checkpoint.position;
      audit.notice(info);
    });
    const compare = due(AUDIT_MS, audit.step);
    const measure = due(MEASURE_MS, () => measureOutbox(repository));
    const prune = due(PRUNE_MS, async () => {
      while ((await repository.prune()) && !signal.aborted);
    });
    const stopListening = bus.onReconnect(() => {
      check.now();
      audit.begin();
    });
    let awakeMs: number = AWAKE_MS[0];
    try {
      while (!signal.aborted) {
        session.assertAlive();
        // Measured before anything can fail, because the backlog matters most during failures.
        await measure.ifDue();
        if (!bus.ready()) {
          await session.wait(POLL_MS / 2, signal);
          continue;
        }
        await check.ifDue();
        if (audit.isHurried()) compare.now();
        await compare.ifDue();
        const count = await relayBatch(repository, audit.again);
        failed = 0;
        bus.publishErrors.ended(owner);
        if (count > 0) {
          awakeMs = AWAKE_MS[0];
          continue;
        }
        await prune.ifDue();
        awakeMs = (await sleepUntilNotified(session, repository, awakeMs, signal)) ?? AWAKE_MS[0];
      }
    } finally {
      stopListening();
    }
  }

  /** Waits for rows. @returns how long to wait next time, if writers do not notify yet */
  async function sleepUntilNotified(
    session: RelaySession,
    repository: RelayRepository,
    awakeMs: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    if (!(await session.tryFallAsleep())) {
      await session.wait(awakeMs, signal);
      return Math.min(awakeMs * 2, AWAKE_MS[1]);
    }
    // Rows that were committed just before this. Their writers did not notify.
    if (!(await repository.hasUnpublished())) await session.wait(pollMs, signal);
    await session.wakeUp();
    return undefined;
  }

  async function relayBatch(repository: RelayRepository, again: Set<string>): Promise<number> {
    const { rows, checkpoint } = await repository.listUnpublished(bus.streamName(owner), BATCH);
    if (rows.length === 0) return 0;
    published = rows.reduce((highest, { position }) => (position > highest ? position : highest), published);
    await writeCheckpoint(bus, owner, { number: checkpoint, position: published });
    const { acked, error } = await publishRows(bus, owner, rows, again);
    if (acked.length > 0) {
      await repository.markPublished(bus.streamName(owner), acked);
      metrics.published.inc({ owner }, acked.length);
    }
    if (error) throw error;
    return rows.length;
  }

  async function measureOutbox(repository: RelayRepository): Promise<void> {
    const { backlog, lagSeconds } = await repository.measure();
    metrics.backlog.set({ owner }, backlog);
    metrics.lag.set({ owner }, lagSeconds);
  }

  return {
    name: `${owner}__relay`,
    async start() {
      if (running) return;
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
      running = undefined;
      bus.publishErrors.ended(owner);
    },
  };
}

/** Does the work each time it is due, the first time at once. */
function due(everyMs: number, work: () => Promise<void>) {
  let next = 0;
  return {
    now: () => {
      next = 0;
    },
    async ifDue() {
      if (performance.now() < next) return;
      // Reset before the work, so that a call of `now` during it is not lost.
      next = performance.now() + everyMs;
      await work();
    },
  };
}
