import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import { putLanguage } from '#projection/language.repository.ts';

/** Stores the languages of people, so that messages can be written without asking the user subgraph. */
export function createLanguageConsumer(deps: { bus: EventBus; pool: Executor; log: Log }): Worker {
  const { bus, pool, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'notification__language',
    filter: 'tintype.user.language.changed.v1',
    log,
    async handle(event) {
      const { userId, language } = readData(USER_EVENTS, 'tintype.user.language.changed.v1', event);
      await putLanguage(pool, { userId, language, version: BigInt(event.sequence) });
    },
  });
}
