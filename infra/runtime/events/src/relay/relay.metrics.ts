import { counter, gauge } from '@tintype/telemetry';

export const published = counter('tintype_outbox_published_total', 'Outbox rows acknowledged by the stream', ['owner']);
export const backlog = gauge('tintype_outbox_backlog', 'Outbox rows not published, counted up to 100,000', ['owner']);
export const lag = gauge('tintype_outbox_lag_seconds', 'Age of the oldest outbox row not published', ['owner']);
export const missing = counter(
  'tintype_outbox_missing_total',
  'Published events that the stream lacked, and that are published again',
  ['owner'],
);
export const compared = counter('tintype_outbox_compared_total', 'Published events that were looked up in the stream', [
  'owner',
]);
export const restarts = counter(
  'tintype_outbox_stream_restarts_total',
  'Streams that were created again, because the database is an older copy',
  ['owner'],
);
export const active = gauge('tintype_outbox_relay_active', '1 while this process relays the events of the owner', [
  'owner',
]);
export const failures = counter('tintype_outbox_relay_failures_total', 'Restarts of the relay', ['owner']);
