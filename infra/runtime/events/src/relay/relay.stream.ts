import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import type { StreamInfo } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { ensureCheckpoints, ensureStream } from '#bus/streams.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '#relay/relay.checkpoint.ts';
import * as metrics from '#relay/relay.metrics.ts';
import { FORGOTTEN_MS, type RelayRepository } from '#relay/relay.repository.ts';

/**
 * The clocks of Postgres and NATS may differ, so events from shortly before the end of the stream are published again,
 * too.
 */
const CLOCK_MARGIN_MS = 10 * 60_000;

type Deps = { bus: EventBus; owner: SubgraphName; repository: RelayRepository; log: Log };

/**
 * Creates the stream if it is missing, and compares it with the outbox:
 * - If its creation time has changed, the stream was wiped. All events that the outbox still has are published again.
 * - If it ends before the highest sequence that it confirmed, it has lost its end (JetStream syncs to disk late). The
 *   events after its end are published again.
 * - If the checkpoint in NATS is higher, the database is an older copy. The stream is created again from the outbox,
 *   and all consumers start again, because the database may lack the results of events that they have acknowledged.
 */
export async function checkStream(deps: Deps): Promise<{ info: StreamInfo; checkpoint: Checkpoint }> {
  const { bus, owner, repository } = deps;
  await ensureCheckpoints(bus);
  const checkpoint = await readCheckpoint(bus, owner);
  const info = await compare(deps, checkpoint);
  const next = { ...checkpoint, number: await repository.nextCheckpoint(bus.streamName(owner), checkpoint.number) };
  await writeCheckpoint(bus, owner, next);
  return { info, checkpoint: next };
}

async function compare(deps: Deps, checkpoint: Checkpoint): Promise<StreamInfo> {
  const { bus, owner, repository, log } = deps;
  const stream = bus.streamName(owner);
  const info = await ensureStream(bus, owner);
  const created = new Date(info.created);
  const last = BigInt(info.state.last_seq);
  const known = await repository.findState(stream);
  const isForgotten = known?.created.getTime() === FORGOTTEN_MS;
  if (isForgotten || checkpoint.number > (known?.checkpoint ?? 0n)) {
    log.error({ stream, checkpoint, known }, 'The database is an older copy than the stream.');
    // Consumers have also acknowledged events of other owners whose results this copy of the database lacks.
    if (!isForgotten) await repository.forgetStreams();
    // Projections outside this database have versions from lost events. New events need higher ones.
    await repository.skipPositions(checkpoint.position);
    return startOver(deps);
  }
  if (!known) {
    await repository.saveState(stream, { created, lastSequence: last });
  } else if (known.created.getTime() !== created.getTime()) {
    const rows = await repository.unpublish(stream, null, { created, lastSequence: last });
    log.warn(
      { stream, rows, created, before: known.created },
      'The stream was created again. Its events are published again.',
    );
  } else if (last < known.lastSequence) {
    const end = new Date(info.state.last_ts).getTime();
    const since = last === 0n ? null : new Date(end - CLOCK_MARGIN_MS);
    const rows = await repository.unpublish(stream, since, { created, lastSequence: last });
    log.warn(
      { stream, rows, last, before: known.lastSequence },
      'The stream lost its end. These events are published again.',
    );
  }
  return info;
}

/** Creates the stream and its consumers again from the outbox. */
async function startOver({ bus, owner, repository, log }: Deps): Promise<StreamInfo> {
  const stream = bus.streamName(owner);
  await bus.jsm.streams.delete(stream);
  const info = await ensureStream(bus, owner);
  const rows = await repository.unpublish(stream, null, { created: new Date(info.created), lastSequence: 0n });
  metrics.restarts.inc({ owner });
  log.warn({ stream, rows }, 'The stream was created again. Its events are published again.');
  return info;
}
