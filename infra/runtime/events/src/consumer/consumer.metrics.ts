import { counter, gauge, histogram } from '@tintype/telemetry';

export const handled = counter('tintype_events_handled_total', 'Events whose handling succeeded', ['durable']);
export const failed = counter('tintype_events_failed_total', 'Events whose handling failed', ['durable']);
export const dead = counter('tintype_dead_letters_total', 'Events that were moved to the dead letters', ['durable']);
export const paused = gauge('tintype_consumer_paused', '1 while a consumer waits for an unavailable dependency', [
  'durable',
]);
export const duration = histogram('tintype_event_duration_seconds', 'Time of a handler call', ['durable']);
export const lag = gauge('tintype_consumer_lag', 'Messages that wait for a durable, including delivered ones', [
  'durable',
]);
