import { compose, EPOCH_MS, MAX_SEQUENCE, MAX_WORKER_ID } from './snowflake.ts';

export type IdGenerator = {
  /** An id that nobody else makes, greater than those before it while the clock does not go back. @throws StoreError where there is none */
  next(): bigint;
};

export type SnowflakeGenerator = IdGenerator & {
  /** Timestamp of the last id, in milliseconds since the Unix epoch: no id of this worker number is newer. */
  lastMs(): number;
};

/**
 * Snowflakes: 41 bits of milliseconds since EPOCH_MS, 10 of worker, 12 of sequence. Where the sequence of a millisecond
 * is used up the next one is borrowed, and where the clock goes back the last timestamp is kept: `next` never waits.
 *
 * @param options.workerId 0 to 1023, of this process alone: see leaseIds
 * @param options.after ids are newer than this: up to here another process may have made ids of this number
 * @param options.now milliseconds since the Unix epoch
 */
export function createIdGenerator(options: {
  workerId: number;
  after?: number;
  now?: () => number;
}): SnowflakeGenerator {
  const { workerId, after = EPOCH_MS, now = Date.now } = options;
  if (!Number.isInteger(workerId) || workerId < 0 || workerId > MAX_WORKER_ID) {
    throw new RangeError(`A worker number is a whole number from 0 to ${MAX_WORKER_ID}, not ${workerId}.`);
  }
  let last = Math.max(EPOCH_MS, after);
  let sequence = MAX_SEQUENCE;
  return {
    next() {
      const clock = now();
      if (clock > last) {
        last = clock;
        sequence = -1;
      } else if (sequence === MAX_SEQUENCE) {
        last += 1;
        sequence = -1;
      }
      sequence += 1;
      return compose(last, workerId, sequence);
    },
    lastMs: () => last,
  };
}
