import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdGenerator } from './generator.ts';
import { EPOCH_MS, parseId, timestampOf } from './snowflake.ts';

const START = EPOCH_MS + 50_000_000_000;

describe('createIdGenerator', () => {
  it('puts the time, the worker and a sequence into an id', () => {
    const ids = createIdGenerator({ workerId: 7, now: () => START });
    const [first, second] = [ids.next(), ids.next()];
    expect(timestampOf(first)).toBe(START);
    expect((first >> 12n) & 1023n).toBe(7n);
    expect([first & 4095n, second & 4095n]).toEqual([0n, 1n]);
  });

  it('borrows the next millisecond when the sequence is used up', () => {
    const ids = createIdGenerator({ workerId: 0, now: () => START });
    const made = Array.from({ length: 4097 }, () => ids.next());
    expect(timestampOf(made[4095]!)).toBe(START);
    expect(timestampOf(made[4096]!)).toBe(START + 1);
    expect(new Set(made).size).toBe(4097);
  });

  it('keeps the last timestamp while the clock is behind, and returns it', () => {
    let clock = START;
    const ids = createIdGenerator({ workerId: 1, now: () => clock });
    const before = ids.next();
    clock = START - 300_000;
    expect(ids.next()).toBeGreaterThan(before);
    expect(ids.lastMs()).toBe(START);
    clock = START + 1;
    expect(timestampOf(ids.next())).toBe(START + 1);
  });

  it('makes ids after those of the process that had the number before', () => {
    const before = createIdGenerator({ workerId: 1, now: () => START });
    const last = Array.from({ length: 5000 }, () => before.next()).at(-1)!;
    const ids = createIdGenerator({ workerId: 1, after: before.lastMs(), now: () => START - 60_000 });
    expect(ids.next()).toBeGreaterThan(last);
  });

  it('makes growing ids under any clock', () => {
    const jump = fc.integer({ min: -400_000, max: 3 });
    fc.assert(
      fc.property(
        fc.array(jump, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 0, max: 1023 }),
        (jumps, workerId) => {
          let clock = START;
          const ids = createIdGenerator({ workerId, now: () => clock });
          let last = 0n;
          for (const by of jumps) {
            clock += by;
            const id = ids.next();
            if (id <= last || ((id >> 12n) & 1023n) !== BigInt(workerId)) return false;
            last = id;
          }
          return true;
        },
      ),
    );
  });

  it.each([-1, 1024, 1.5, Number.NaN])('refuses worker number %s', (workerId) => {
    expect(() => createIdGenerator({ workerId })).toThrow(RangeError);
  });
});

describe('parseId', () => {
  it('reads back every id', () => {
    fc.assert(fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (id) => parseId(String(id)) === id));
  });

  it.each(['', '0', '-1', '+1', '01', ' 1', '1 ', '1e3', '0x10', '1.0', '9223372036854775808', '١', 'NaN'])(
    'refuses %j',
    (text) => {
      expect(parseId(text)).toBeNull();
    },
  );
});
