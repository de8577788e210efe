import { UnprocessableEventError } from '@tintype/events';
import { parseId } from '@tintype/ids';

/** An id in an event's data. @throws UnprocessableEventError: no later delivery would mend it */
export function idOf(data: object, field: string): bigint {
  const value: unknown = Reflect.get(data, field);
  const id = typeof value === 'string' ? parseId(value) : null;
  if (id === null) throw new UnprocessableEventError(`"${field}" is no id`);
  return id;
}

/** A time in an event's data, in milliseconds. @throws UnprocessableEventError */
export function millisecondsOf(data: object, field: string): bigint {
  const value: unknown = Reflect.get(data, field);
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new UnprocessableEventError(`"${field}" is no time in milliseconds`);
  }
  return BigInt(value as number);
}
