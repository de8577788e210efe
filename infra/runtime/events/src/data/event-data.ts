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

/** The last moment that JavaScript has a date for; Postgres can store it, too. */
const LAST_MS = 8_640_000_000_000_000;

/** Milliseconds since the Unix epoch, later than it. */
export function millisecondsOf(data: unknown, field: string): bigint {
  const value = fieldOf(data, field);
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > LAST_MS) {
    throw new UnprocessableEventError(`"${field}" is no time in milliseconds`);
  }
  return BigInt(value as number);
}

/** A text; empty in events from before there was this field. */
export function textOf(data: unknown, field: string): string {
  return toText(fieldOf(data, field) ?? '', field);
}

/** A text, or null where the event says null. */
export function textOrNull(data: unknown, field: string): string | null {
  const value = fieldOf(data, field);
  return value === null ? null : toText(value, field);
}

export function booleanOf(data: unknown, field: string): boolean {
  const value = fieldOf(data, field);
  if (typeof value !== 'boolean') throw new UnprocessableEventError(`"${field}" is neither true nor false`);
  return value;
}

/** A list of texts; empty in events from before there was this field. */
export function textsOf(data: unknown, field: string): string[] {
  const values: unknown = fieldOf(data, field) ?? [];
  if (!Array.isArray(values)) throw new UnprocessableEventError(`"${field}" is no list of texts`);
  return values.map((value) => toText(value, field));
}

/** A list of objects, whose fields are to be read like those of the data. @param most of them that the owner puts into one event */
export function objectsOf(data: unknown, field: string, most: number): object[] {
  const values: unknown = fieldOf(data, field);
  const isList = Array.isArray(values) && values.every((value) => typeof value === 'object' && value !== null);
  if (!isList || values.length > most)
    throw new UnprocessableEventError(`"${field}" is no list of up to ${most} objects`);
  return values;
}

function toText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new UnprocessableEventError(`"${field}" is no text`);
  if (value.includes('\0') || !value.isWellFormed()) {
    throw new UnprocessableEventError(`"${field}" is a text that Postgres cannot store`);
  }
  return value;
}

function toId(value: unknown, field: string): bigint {
  const id = typeof value === 'string' ? parseId(value) : null;
  if (id === null) throw new UnprocessableEventError(`"${field}" is no id`);
  return id;
}
