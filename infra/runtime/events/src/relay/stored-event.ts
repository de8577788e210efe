import type { StoredMsg } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';

/** The message with this sequence, or null if the stream does not have it or cannot read it any more. */
export async function findStored(bus: EventBus, stream: string, seq: number): Promise<StoredMsg | null> {
  return bus.jsm.streams.getMessage(stream, { seq }).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
}

/** Whether the stream has this event with this sequence. */
export async function holdsEvent(bus: EventBus, stream: string, seq: number, eventId: string): Promise<boolean> {
  const stored = await findStored(bus, stream, seq);
  return stored !== null && eventIdOf(stored.header.get('Nats-Msg-Id')) === eventId;
}

/**
 * Message ids are event ids. If an event is published again within the duplicate window, its message id has a suffix.
 */
export function messageIdOf(eventId: string, again?: number): string {
  return again === undefined ? eventId : `${eventId}.${again}`;
}

function eventIdOf(messageId: string): string {
  return messageId.split('.', 1)[0]!;
}
