import { parseId } from '@tintype/ids';
import { UnprocessableEventError } from '../event.ts';

// Reads fields of an event's data as its owner's payload types promise them. What is something else no later delivery would mend:
// each of these throws UnprocessableEventError.

const fieldOf = (data: unknown, field: string): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, field) : undefined;

/** An id. */
export function idOf(data: unknown, field: string): bigint {
  return toId(fieldOf(data, field), field);
}

/** An id, or null where the event says null. */
export function idOrNull(data: unknown, field: string): bigint | null {
  const value = fieldOf(data, field);
  return value === null ? null : toId(value, field);
}

export function idsOf(data: unknown, field: string): bigint[] {
  const values = fieldOf(data, field);
  if (!Array.isArray(values)) throw new UnprocessableEventError(`"${field}" is no list of ids`);
  return values.map((value) => toId(value, field));
}

/** Milliseconds since the Unix epoch, later than it. */
export function millisecondsOf(data: unknown, field: string): bigint {
  const value = fieldOf(data, field);
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new UnprocessableEventError(`"${field}" is no time in milliseconds`);
  }
  return BigInt(value as number);
}

/** A text; empty in events from before there was this field. */
export function textOf(data: unknown, field: string): string {
  const value = fieldOf(data, field) ?? '';
  if (typeof value !== 'string') throw new UnprocessableEventError(`"${field}" is no text`);
  return value;
}

/** A list of texts; empty in events from before there was this field. */
export function textsOf(data: unknown, field: string): string[] {
  const values: unknown = fieldOf(data, field) ?? [];
  if (!Array.isArray(values) || values.some((value) => typeof value !== 'string')) {
    throw new UnprocessableEventError(`"${field}" is no list of texts`);
  }
  return values as string[];
}

function toId(value: unknown, field: string): bigint {
  const id = typeof value === 'string' ? parseId(value) : null;
  if (id === null) throw new UnprocessableEventError(`"${field}" is no id`);
  return id;
}
