import { createInbox, type Msg, type NatsConnection, nanos } from 'nats';

export type PullEnd = 'complete' | 'expired' | 'missing' | 'cancelled';

export type Pull = {
  /** Messages that may still come; 0 after the end. */
  remaining(): number;
  /** Asks for no more. What is on its way comes all the same. */
  cancel(): void;
};

/** The server's end of a pull comes a little after ours, on a busy machine much later. */
const GRACE_MS = 3000;
const NO_RESPONDERS = 503;
const CONFLICT = 409;

/**
 * Asks for up to `batch` messages once; they come as they are stored. Done by hand because the client's own pull loops
 * retry for ever behind the caller's back when a consumer vanished, which is what must be noticed here.
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
      // What is sent to the inbox itself is the server's word about the pull; messages carry their own subject.
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
    // Messages that are on their way still come: dropped, they would wait for the end of their ack time.
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
