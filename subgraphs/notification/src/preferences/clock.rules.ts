import { DateTime, IANAZone } from 'luxon';
import type { DeliverySetting } from './delivery-setting.model.ts';

/** The weekday of weekly digests. */
const MONDAY = 1;

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Minutes since midnight of a time such as "22:30"; null if it is malformed. */
export function minutesOf(text: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

export function timeOf(minutes: number): string {
  const two = (count: number) => String(count).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * When the current quiet hours end; null if `now` is not in quiet hours. They may extend past midnight. Both ends are
 * local times, so quiet hours are an hour shorter or longer if the clocks change in between.
 *
 * @param now milliseconds since the Unix epoch, as the result is
 */
export function quietUntil(
  { quiet, timeZone }: Pick<DeliverySetting, 'quiet' | 'timeZone'>,
  now: number,
): number | null {
  if (!quiet) return null;
  const local = DateTime.fromMillis(now, { zone: timeZone });
  const minute = local.hour * 60 + local.minute;
  const { from, to } = quiet;
  const isQuiet = from < to ? from <= minute && minute < to : from <= minute || minute < to;
  return isQuiet ? nextAt(local, to, () => true) : null;
}

/**
 * When the next digest after `now` is due; null if the person wants none. Both in milliseconds since the Unix epoch.
 */
export function nextDigestAt(
  { digest, digestHour, timeZone }: Pick<DeliverySetting, 'digest' | 'digestHour' | 'timeZone'>,
  now: number,
): number | null {
  if (digest === 'OFF') return null;
  const local = DateTime.fromMillis(now, { zone: timeZone });
  return nextAt(local, digestHour * 60, (day) => digest === 'DAILY' || day.weekday === MONDAY);
}

/**
 * The first moment after `local` with this local time, on a day that fits. If clocks skip the time, the next one that
 * exists.
 */
function nextAt(local: DateTime, minute: number, fits: (day: DateTime) => boolean): number {
  const time = { hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 };
  for (let days = 0; ; days += 1) {
    const at = local.plus({ days }).set(time);
    if (at > local && fits(at)) return at.toMillis();
  }
}
