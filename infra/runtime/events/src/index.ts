export { connectEvents, type EventBus } from './bus/bus.ts';
export { ensureStream, removeStreams } from './bus/streams.ts';
export type { ConsumerOptions, HandleBatch, HandleEvent, HandlerContext } from './consumer/consumer.options.ts';
export { createConsumer } from './consumer/consumer.ts';
export { readEnvelope } from './consumer/received-message.ts';
export { listDeadLetters } from './dead-letter/dead-letter.list.ts';
export { retryDeadLetters } from './dead-letter/dead-letter.retry.ts';
export type { DeadLetter, DeadLetterFilter } from './dead-letter/dead-letter.ts';
export { addErasedPerson, findErasedPeople } from './erasure/erased-person.repository.ts';
export { createErasureConsumer, type ErasureStep, erase } from './erasure/erasure.consumer.ts';
export {
  EarlyEventError,
  type EventEnvelope,
  type NewEvent,
  type OwnerOf,
  type SqlExecutor,
  UnprocessableEventError,
} from './event.ts';
export { createOutbox, type Outbox, prismaExecutor } from './outbox/outbox.ts';
export { republish } from './outbox/republish.ts';
export { type ReadEvent, readData, readEvent, readEvents } from './read-event.ts';
export { createRelay } from './relay/relay.ts';
export type { Worker } from './worker.ts';
