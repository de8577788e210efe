import { parseId } from '@tintype/ids';
import { z } from 'zod';

// Types of the fields of events. A publisher writes the left side, and a consumer reads the right one.

/** Decimal string -> bigint, 1 to 2^63 - 1. */
export const id = z.string().transform((text, context) => {
  const parsed = parseId(text);
  if (parsed !== null) return parsed;
  context.addIssue('is not an id');
  return z.NEVER;
});

/** The last time that a JavaScript date can have. Postgres can store it, too. */
const LAST_MS = 8_640_000_000_000_000;

/** Milliseconds since the Unix epoch, later than it: number -> bigint. */
export const milliseconds = z.int().min(1).max(LAST_MS).transform(BigInt);

/** Any text that Postgres can store. */
export const text = z
  .string()
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'is a text that Postgres cannot store');

/** A tag of a language (BCP 47), of the length that programs have to support (RFC 5646, section 4.4.1). */
export const languageTag = z.string().regex(/^[A-Za-z0-9-]{2,35}$/);

/** Schemas of the data of an owner's events, by type. */
export type EventSchemas = Readonly<Record<string, z.ZodObject>>;

/** Data from publishers, by type. Fields that earlier versions lack are required here. */
export type PublishedData<Schemas extends EventSchemas> = {
  [Type in keyof Schemas]: Complete<z.input<Schemas[Type]>>;
};

type Complete<Data> = { [Field in keyof Data]-?: Exclude<Data[Field], undefined> };
