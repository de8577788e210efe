import type { Log } from '@tintype/telemetry';
import type { StreamInfo } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { ensureMarks, ensureStream } from '#bus/streams.ts';
import type { Owner } from '#event.ts';
import { type Mark, readMark, writeMark } from '#relay/relay.mark.ts';
import * as metrics from '#relay/relay.metrics.ts';
import { FORGOTTEN_MS, type RelayRepository } from '#relay/relay.repository.ts';

/** The clocks of Postgres and of NATS may differ: what was published so long before the stream's end is told again too. */
const CLOCK_MARGIN_MS = 10 * 60_000;

type Deps = { bus: EventBus; owner: Owner; repository: RelayRepository; log: Log };

/**
 * Makes the stream where it is missing, and looks whether it and the outbox know the same:
 * - A stream with another time of creation was wiped: everything that the outbox kept is published again.
 * - One that ends before the highest sequence that it ever confirmed lost its tail (JetStream syncs to disk late): what came after its end is
 *   published again.
 * - Where NATS knows a higher mark, the database is an older copy. The stream is made anew from the outbox, and all consumers begin again,
 *   since what they acknowledged may be missing in the database.
 */
export async function checkStream(deps: Deps): Promise<{ info: StreamInfo; mark: Mark }> {
  const { bus, owner, repository } = deps;
  await ensureMarks(bus);
  const mark = await readMark(bus, owner);
  const info = await compare(deps, mark);
  const next = { ...mark, number: await repository.nextMark(bus.streamName(owner), mark.number) };
  await writeMark(bus, owner, next);
  return { info, mark: next };
}

async function compare(deps: Deps, mark: Mark): Promise<StreamInfo> {
  const { bus, owner, repository, log } = deps;
  const stream = bus.streamName(owner);
  const info = await ensureStream(bus, owner);
  const created = new Date(info.created);
  const last = BigInt(info.state.last_seq);
  const known = await repository.findState(stream);
  const isForgotten = known?.created.getTime() === FORGOTTEN_MS;
  if (isForgotten || mark.number > (known?.mark ?? 0n)) {
    log.error({ stream, mark, known }, 'the database is an older copy than the stream');
    // Consumers acknowledged events of other owners, too, that this copy of the database has not seen.
    if (!isForgotten) await repository.forgetStreams();
    // What projections outside of this database hold has versions of what is gone: new events must be newer.
    await repository.skipPositions(mark.position);
    return startOver(deps);
  }
  if (!known) {
    await repository.saveState(stream, { created, lastSequence: last });
  } else if (known.created.getTime() !== created.getTime()) {
    const rows = await repository.unpublish(stream, null, { created, lastSequence: last });
    log.warn({ stream, rows, created, before: known.created }, 'the stream was made anew: publishing again');
  } else if (last < known.lastSequence) {
    const end = new Date(info.state.last_ts).getTime();
    const since = last === 0n ? null : new Date(end - CLOCK_MARGIN_MS);
    const rows = await repository.unpublish(stream, since, { created, lastSequence: last });
    log.warn({ stream, rows, last, before: known.lastSequence }, 'the stream lost its end: publishing again');
  }
  return info;
}

/** Makes the stream anew from the outbox, and with it its consumers. */
async function startOver({ bus, owner, repository, log }: Deps): Promise<StreamInfo> {
  const stream = bus.streamName(owner);
  await bus.jsm.streams.delete(stream);
  const info = await ensureStream(bus, owner);
  const rows = await repository.unpublish(stream, null, { created: new Date(info.created), lastSequence: 0n });
  metrics.restarts.inc({ owner });
  log.warn({ stream, rows }, 'the stream is made anew: publishing again');
  return info;
}
