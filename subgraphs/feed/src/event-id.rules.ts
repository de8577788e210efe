import { UnprocessableEventError } from '@tintype/events';
import { parseId } from '@tintype/ids';

/** An id in an event's data. @throws UnprocessableEventError: no later delivery would mend it */
export function idOf(data: object, field: string): bigint {
  const value: unknown = Reflect.get(data, field);
  const id = typeof value === 'string' ? parseId(value) : null;
  if (id === null) throw new UnprocessableEventError(`"${field}" is no id`);
  return id;
}
