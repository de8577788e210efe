import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { ApplyService } from '#reconcile/apply.service.ts';
import { sanctionActivity } from './sanction.rules.ts';

/** Notifies people of what moderators decided about them. Can run twice. */
export function createSanctionConsumer(deps: { bus: EventBus; applyService: ApplyService; log: Log }): Worker {
  const { bus, applyService, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'notification__sanction',
    filter: 'tintype.user.sanction.>',
    log,
    async handle(event, { signal }) {
      const activity = sanctionActivity(event);
      if (activity) await applyService.applyChanges([activity], signal);
    },
  });
}
