import { parseId } from '@tintype/ids';
import { z } from 'zod';

// What the fields of events are made of. A publisher writes the left side, a consumer reads the right one.

/** Decimal string -> bigint, 1 to 2^63 - 1. */
export const id = z.string().transform((text, context) => {
  const parsed = parseId(text);
  if (parsed !== null) return parsed;
  context.addIssue('is not an id');
  return z.NEVER;
});

/** The last moment that JavaScript has a date for. Postgres can store it, too. */
const LAST_MS = 8_640_000_000_000_000;

/** Milliseconds since the Unix epoch, later than it: number -> bigint. */
export const milliseconds = z.int().min(1).max(LAST_MS).transform(BigInt);

/** Any text that Postgres can store. */
export const text = z
  .string()
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'is a text that Postgres cannot store');

/** Schemas of the data of an owner's events, by type. */
export type EventSchemas = Readonly<Record<string, z.ZodObject>>;

/** Data as publishers give it, by type. Fields that events of an earlier version lack are always there. */
export type PublishedData<Schemas extends EventSchemas> = {
  [Type in keyof Schemas]: Complete<z.input<Schemas[Type]>>;
};

type Complete<Data> = { [Field in keyof Data]-?: Exclude<Data[Field], undefined> };
