import type { EventSchemas } from '@tintype/schema/events/fields';
import type { z } from 'zod';
import { type EventEnvelope, UnprocessableEventError } from './event.ts';

/** One of the events, by its type, with its data as consumers read it: ids are bigints. */
export type ReadEvent<Schemas extends EventSchemas> = {
  [Type in keyof Schemas & string]: EventEnvelope<Type, z.output<Schemas[Type]>>;
}[keyof Schemas & string];

/**
 * Reads an event by the schema of its type. Fields that the schema does not know are left out.
 *
 * @returns null if the schemas do not have its type, because it is newer or not of interest
 * @throws UnprocessableEventError if its data does not match, with the reason
 */
export function readEvent<Schemas extends EventSchemas>(
  schemas: Schemas,
  event: EventEnvelope,
): ReadEvent<Schemas> | null {
  const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined;
  if (!schema) return null;
  const read = schema.safeParse(event.data);
  if (read.success) return { ...event, data: read.data } as ReadEvent<Schemas>;
  throw new UnprocessableEventError(`The data does not match ${event.type}: ${reasonOf(read.error)}`);
}

/** Reads the events whose types the schemas have. @throws UnprocessableEventError as `readEvent` */
export function readEvents<Schemas extends EventSchemas>(
  schemas: Schemas,
  events: readonly EventEnvelope[],
): ReadEvent<Schemas>[] {
  return events.map((event) => readEvent(schemas, event)).filter((event) => event !== null);
}

/**
 * Data of an event of the one type that the consumer's filter lets through.
 *
 * @throws UnprocessableEventError as `readEvent`
 */
export function readData<Schemas extends EventSchemas, Type extends keyof Schemas & string>(
  schemas: Schemas,
  type: Type,
  event: EventEnvelope,
): z.output<Schemas[Type]> {
  if (event.type !== type) throw new UnprocessableEventError(`The event is ${event.type}, not ${type}.`);
  return readEvent(schemas, event)!.data as z.output<Schemas[Type]>;
}

function reasonOf(error: z.ZodError): string {
  const { path, message } = error.issues[0]!;
  return `"${path.join('.')}": ${message}`;
}
