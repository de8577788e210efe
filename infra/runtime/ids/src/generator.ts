import { compose, EPOCH_MS, MAX_SEQUENCE, MAX_WORKER_ID } from './snowflake.ts';

export type IdGenerator = {
  /** Greater than every id this generator made before. Throws ClockMovedBackError. */
  next(): bigint;
};

/** How far the clock may be behind the last id (set back, or more than 4,096 ids in a millisecond) before ids stop. */
const TOLERATED_MS = 5000;

export class ClockMovedBackError extends Error {
  override readonly name = 'ClockMovedBackError';
  readonly code = 'CLOCK_MOVED_BACK';
}

/**
 * Snowflakes: 41 bits of milliseconds since EPOCH_MS, 10 of worker, 12 of sequence. Where the sequence of a millisecond
 * is used up the next one is borrowed, and where the clock goes back the last timestamp is kept: `next` never waits.
 *
 * @param options.workerId 0 to 1023, of this process alone: see leaseWorkerId
 * @param options.now milliseconds since the Unix epoch
 */
export function createIdGenerator(options: { workerId: number; now?: () => number }): IdGenerator {
  const { workerId, now = Date.now } = options;
  if (!Number.isInteger(workerId) || workerId < 0 || workerId > MAX_WORKER_ID) {
    throw new RangeError(`A worker number is a whole number from 0 to ${MAX_WORKER_ID}, not ${workerId}.`);
  }
  let last = EPOCH_MS;
  let sequence = -1;
  return {
    next() {
      const clock = now();
      if (clock > last) {
        last = clock;
        sequence = -1;
      } else if (last - clock > TOLERATED_MS) {
        throw new ClockMovedBackError(`The clock is ${last - clock} ms behind the last id: ids could repeat.`);
      }
      if (sequence === MAX_SEQUENCE) {
        last += 1;
        sequence = -1;
      }
      sequence += 1;
      return compose(last, workerId, sequence);
    },
  };
}
