import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import { ensureStream } from '#bus/streams.ts';
import type { Owner } from '#event.ts';
import type { RelayRepository } from '#relay/relay.repository.ts';

/** The clocks of Postgres and of NATS may differ: what was published so long before the stream's end is told again too. */
const CLOCK_MARGIN_MS = 10 * 60_000;

/**
 * Makes the stream where it is missing, and looks whether it still holds what it acknowledged. A stream with another
 * time of creation was wiped: everything that the outbox kept is published again. One that ends before the highest
 * sequence that it ever confirmed lost its tail (JetStream syncs to disk late): what came after its end is published again.
 */
export async function checkStream(deps: {
  bus: EventBus;
  owner: Owner;
  repository: RelayRepository;
  log: Log;
}): Promise<void> {
  const { bus, owner, repository, log } = deps;
  const stream = bus.streamName(owner);
  const info = await ensureStream(bus, owner);
  const created = new Date(info.created);
  const last = BigInt(info.state.last_seq);
  const known = await repository.findState(stream);
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
}
