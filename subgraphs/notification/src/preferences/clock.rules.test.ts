import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { isTimeZone, minutesOf, nextDigestAt, quietUntil, timeOf } from './clock.rules.ts';

const at = (text: string) => Date.parse(text);
const night = { from: minutesOf('22:30')!, to: minutesOf('07:00')! };

describe('quiet hours', () => {
  test.each([
    ['2026-01-10T21:29:00Z', null],
    ['2026-01-10T21:30:00Z', '2026-01-11T06:00:00Z'],
    ['2026-01-11T05:59:59Z', '2026-01-11T06:00:00Z'],
    ['2026-01-11T06:00:00Z', null],
  ])('beyond midnight, at %s in Berlin', (now, until) => {
    expect(quietUntil({ quiet: night, timeZone: 'Europe/Berlin' }, at(now))).toBe(until && at(until));
  });

  test.each([
    // Clocks change from 2:00 to 3:00 in spring, and from 3:00 to 2:00 in autumn.
    ['2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'],
  ])('end at local time when the clocks change, at %s', (now, until) => {
    expect(quietUntil({ quiet: night, timeZone: 'Europe/Berlin' }, at(now))).toBe(at(until));
  });

  test('have an end, after which they are over', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    const minute = fc.integer({ min: 0, max: 1439 });
    const now = fc.integer({ min: at('2025-01-01'), max: at('2028-01-01') });
    fc.assert(
      fc.property(zones, minute, minute, now, (timeZone, from, to, moment) => {
        fc.pre(from !== to);
        const setting = { timeZone, quiet: { from, to } };
        const until = quietUntil(setting, moment);
        if (until === null) return;
        expect(until).toBeGreaterThan(moment);
        expect(until - moment).toBeLessThanOrEqual(25 * 60 * 60_000);
        expect(quietUntil(setting, until)).not.toBe(until);
        const before = DateTime.fromMillis(Math.floor((moment + until) / 2), { zone: timeZone });
        // In the middle it is still quiet, except in an hour that occurs twice.
        if (before.offset === DateTime.fromMillis(moment, { zone: timeZone }).offset)
          expect(quietUntil(setting, before.toMillis())).not.toBeNull();
      }),
    );
  });

  test('are none if none are set', () => {
    expect(quietUntil({ quiet: null, timeZone: 'UTC' }, Date.now())).toBeNull();
  });
});

describe('the next digest', () => {
  const daily = { digest: 'DAILY', digestHour: 9, timeZone: 'America/New_York' } as const;
  test.each([
    [daily, '2026-06-01T12:59:59Z', '2026-06-01T13:00:00Z'],
    [daily, '2026-06-01T13:00:00Z', '2026-06-02T13:00:00Z'],
    [{ ...daily, digest: 'WEEKLY' } as const, '2026-06-01T13:00:00Z', '2026-06-08T13:00:00Z'],
    // There is no 2:00 on that day.
    [{ ...daily, digestHour: 2 }, '2026-03-08T06:30:00Z', '2026-03-08T07:00:00Z'],
  ])('%j after %s', (setting, now, next) => {
    expect(nextDigestAt(setting, at(now))).toBe(at(next));
  });

  test('is never due if it is off', () => {
    expect(nextDigestAt({ ...daily, digest: 'OFF' }, Date.now())).toBeNull();
  });
});

test('parses the times that it formats', () => {
  for (let minutes = 0; minutes < 1440; minutes += 1) expect(minutesOf(timeOf(minutes))).toBe(minutes);
  expect(['24:00', '7:00', '12:60', '', '12:00 '].map(minutesOf)).toEqual([null, null, null, null, null]);
});

test('recognises names of time zones', () => {
  expect(['Europe/Lisbon', 'UTC', 'Mars/Olympus', '', '../etc'].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
