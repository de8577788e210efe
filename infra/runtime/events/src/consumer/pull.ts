import { createInbox, type Msg, type NatsConnection, nanos } from 'nats';

export type PullEnd = 'complete' | 'expired' | 'missing' | 'cancelled';

export type Pull = {
  /** How many messages may still arrive; 0 after the end. */
  remaining(): number;
  /** Requests no more. Messages that are on their way still arrive. */
  cancel(): void;
};

/** The server ends a pull a little later than we do, and much later on a busy machine. */
const GRACE_MS = 3000;
const NO_RESPONDERS = 503;
const CONFLICT = 409;

/**
 * Requests up to `batch` messages once. They arrive as they are stored. The loops of the NATS client (`consume`,
 * `fetch`) unsubscribe when they end, so messages on their way would be redelivered only after the ack time. This
 * subscription drains: they still arrive.
 */
export function pull(options: {
  nc: NatsConnection;
  stream: string;
  durable: string;
  batch: number;
  expiresMs: number;
  onMessage(message: Msg): void;
  /** 'missing': the consumer does not exist, or JetStream is off. */
  onEnd(end: PullEnd): void;
}): Pull {
  const { nc, stream, durable, batch, expiresMs, onMessage, onEnd } = options;
  const inbox = createInbox();
  let remaining = batch;
  const subscription = nc.subscribe(inbox, {
    callback(error, message) {
      if (error) return end('missing');
      // A status of the pull is sent to the inbox itself. Messages have a subject of their own.
      if (message.subject === inbox) return end(endOf(message));
      onMessage(message);
      remaining -= 1;
      if (remaining === 0) end('complete');
    },
  });
  const timer = setTimeout(() => end('expired'), expiresMs + GRACE_MS);
  let ended = false;
  function end(reason: PullEnd): void {
    if (ended) return;
    ended = true;
    remaining = 0;
    clearTimeout(timer);
    subscription.drain().catch(() => undefined);
    onEnd(reason);
  }
  nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, JSON.stringify({ batch, expires: nanos(expiresMs) }), {
    reply: inbox,
  });
  return { remaining: () => remaining, cancel: () => end('cancelled') };
}

function endOf(message: Msg): PullEnd {
  const code = message.headers?.code ?? 0;
  if (code === NO_RESPONDERS) return 'missing';
  return code === CONFLICT && /deleted/i.test(message.headers?.description ?? '') ? 'missing' : 'expired';
}
