import { UnprocessableEventError } from '@tintype/events';
import { parseId } from '@tintype/ids';

/** An id in an event's data. @throws UnprocessableEventError: no later delivery would mend it */
export function idOf(data: object, field: string): bigint {
  const value: unknown = Reflect.get(data, field);
  const id = typeof value === 'string' ? parseId(value) : null;
  if (id === null) throw new UnprocessableEventError(`"${field}" is no id`);
  return id;
}

/** Null where the event says null. @throws UnprocessableEventError */
export function idOrNull(data: object, field: string): bigint | null {
  return Reflect.get(data, field) === null ? null : idOf(data, field);
}

/** @throws UnprocessableEventError */
export function idsOf(data: object, field: string): bigint[] {
  const values: unknown = Reflect.get(data, field);
  if (!Array.isArray(values)) throw new UnprocessableEventError(`"${field}" is no list of ids`);
  return values.map((value) => idOf({ [field]: value }, field));
}

/** Milliseconds since the Unix epoch. @throws UnprocessableEventError */
export function millisecondsOf(data: object, field: string): bigint {
  const value: unknown = Reflect.get(data, field);
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new UnprocessableEventError(`"${field}" is no time in milliseconds`);
  }
  return BigInt(value as number);
}
