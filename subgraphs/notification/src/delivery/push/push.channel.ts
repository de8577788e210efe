import type { Closeable } from '@tintype/service';
import { request } from 'undici';
import webPush from 'web-push';
import type { Channel, DeliveryOutcome, Message } from '#delivery/channel.ts';
import { allLinesOf } from '#delivery/message.rules.ts';
import { isEndpoint } from './address.rules.ts';
import { createPushAgent, PrivateAddressError } from './push-agent.ts';
import type { PushKeyService } from './push-key.service.ts';
import type { StoredPushSubscription } from './push-subscription.repository.ts';

/** If a phone is off for longer, its user finds the notifications in the list. */
const TTL_S = 24 * 60 * 60;

/** Web Push (RFC 8030), encrypted for the browser. The payload is JSON: `{ title, body, lang, tag, url }`. */
export function createPushChannel(deps: {
  keys: PushKeyService;
  /** `mailto:` or `https:`, for the operators of push services. */
  contact: string;
  allowLocal: boolean;
}): Channel<StoredPushSubscription> & Closeable {
  const { keys, contact, allowLocal } = deps;
  const agent = createPushAgent({ allowLocal });

  const send = async (subscription: StoredPushSubscription, message: Message): Promise<DeliveryOutcome> => {
    const { endpoint, p256dh, auth } = subscription;
    if (!isEndpoint(endpoint, allowLocal)) return { kind: 'expired' };
    const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payloadOf(message), {
      vapidDetails: { subject: contact, ...(await keys.current()) },
      TTL: TTL_S,
      topic: message.tag,
      contentEncoding: 'aes128gcm',
    });
    const headers = Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)]));
    const response = await request(endpoint, { method: 'POST', headers, body: details.body, dispatcher: agent });
    await response.body.dump();
    return outcomeOf(response.statusCode, String(response.headers['retry-after'] ?? ''));
  };

  return {
    async deliver(subscription, message) {
      try {
        return await send(subscription, message);
      } catch (error) {
        if (error instanceof PrivateAddressError) return { kind: 'expired' };
        return { kind: 'retry', reason: (error as Error).message };
      }
    },
    close: () => agent.close(),
  };
}

function payloadOf(message: Message): string {
  const { language, tag, url } = message;
  const body = allLinesOf(message).join('\n');
  return JSON.stringify({ title: 'Tintype', body, lang: language, tag, url });
}

/** 404 and 410: the browser has unsubscribed. 401 and 403: it subscribed with keys that the platform no longer has. */
function outcomeOf(status: number, retryAfter: string): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if ([401, 403, 404, 410].includes(status)) return { kind: 'expired' };
  const reason = `The push service answered ${status}.`;
  if (status !== 429 && status < 500) return { kind: 'refused', reason };
  return /^\d{1,6}$/.test(retryAfter)
    ? { kind: 'retry', reason, afterMs: Number(retryAfter) * 1000 }
    : { kind: 'retry', reason };
}
