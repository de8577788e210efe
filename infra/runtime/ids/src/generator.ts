import { compose, EPOCH_MS, MAX_SEQUENCE, MAX_WORKER_ID } from './snowflake.ts';

export type IdGenerator = {
  /** A unique id, greater than all earlier ones unless the clock goes back. @throws StoreError if there is none */
  next(): bigint;
};

export type SnowflakeGenerator = IdGenerator & {
  /** The timestamp of the last id, in milliseconds since the Unix epoch. No id of this worker number is newer. */
  lastMs(): number;
};

/**
 * Snowflakes: 41 bits of milliseconds since EPOCH_MS, 10 of worker, 12 of sequence. If the sequence of a millisecond is
 * used up, the next millisecond is borrowed. If the clock goes back, the last timestamp is kept. So `next` never waits.
 *
 * @param options.workerId 0 to 1023, used by this process only: see leaseIds
 * @param options.after ids are newer than this, because another process may have made earlier ids with this number
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
