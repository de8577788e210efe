import type { Closeable } from '@tintype/service';
import { request } from 'undici';
import webPush from 'web-push';
import type { Channel, Message, Outcome } from '#channel/channel.ts';
import { isEndpoint } from './address.rules.ts';
import { createPushAgent, PrivateAddressError } from './push-agent.ts';
import type { PushKeyService } from './push-key.service.ts';
import type { PushPlace } from './push-subscription.repository.ts';

/** A phone that was off for longer is told by the list of notifications. */
const TTL_S = 24 * 60 * 60;

/** Web Push (RFC 8030), encrypted for the browser alone. What it shows is JSON: `{ title, body, tag, url }`. */
export function createPushChannel(deps: {
  keys: PushKeyService;
  /** `mailto:` or `https:`, for the operators of push services. */
  contact: string;
  allowLocal: boolean;
}): Channel<PushPlace> & Closeable {
  const { keys, contact, allowLocal } = deps;
  const agent = createPushAgent({ allowLocal });

  const send = async (place: PushPlace, message: Message): Promise<Outcome> => {
    const { endpoint, p256dh, auth } = place;
    if (!isEndpoint(endpoint, allowLocal)) return { kind: 'gone' };
    const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payloadOf(message), {
      vapidDetails: { subject: contact, ...(await keys.current()) },
      TTL: TTL_S,
      topic: message.tag,
      contentEncoding: 'aes128gcm',
    });
    const headers = Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)]));
    const answer = await request(endpoint, { method: 'POST', headers, body: details.body, dispatcher: agent });
    await answer.body.dump();
    return outcomeOf(answer.statusCode, String(answer.headers['retry-after'] ?? ''));
  };

  return {
    async deliver(place, message) {
      try {
        return await send(place, message);
      } catch (error) {
        if (error instanceof PrivateAddressError) return { kind: 'gone' };
        return { kind: 'later', reason: (error as Error).message };
      }
    },
    close: () => agent.close(),
  };
}

function payloadOf({ lines, more, tag, url }: Message): string {
  const body = more > 0 ? [...lines, `and ${more} more`] : lines;
  return JSON.stringify({ title: 'Tintype', body: body.join('\n'), tag, url });
}

/** 404 and 410: the browser unsubscribed. 401 and 403: it subscribed with keys that are no longer ours. */
function outcomeOf(status: number, retryAfter: string): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if ([401, 403, 404, 410].includes(status)) return { kind: 'gone' };
  const reason = `the push service answered ${status}`;
  if (status !== 429 && status < 500) return { kind: 'refused', reason };
  return /^\d{1,6}$/.test(retryAfter)
    ? { kind: 'later', reason, afterMs: Number(retryAfter) * 1000 }
    : { kind: 'later', reason };
}
