import type { Msg, NatsConnection } from 'nats';
import { describe, expect, it } from 'vitest';
import { readEnvelope, toReceivedMessage } from '#consumer/received-message.ts';
import { UnprocessableEventError } from '#event.ts';
import { toEnvelope } from '#relay/relay.publish.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function receive(reply: string, ended = false) {
  const sent: string[] = [];
  const nc = {
    isClosed: () => false,
    publish: (_to: string, text: string) => sent.push(text),
  } as unknown as NatsConnection;
  const raw = { reply, data: bytes('{}') } as Msg;
  return { sent, message: toReceivedMessage(nc, raw, { created: 'now', ended }) };
}

describe('toReceivedMessage', () => {
  it.each([
    '$JS.ACK.post.feed__fan-out.3.41.57.1700000000000000000.12',
    '$JS.ACK._.hash.post.feed__fan-out.3.41.57.1700000000000000000.12.token',
  ])('reads %s', (reply) => {
    expect(receive(reply).message).toMatchObject({ stream: 'post', attempt: 3, sequence: 41, pending: 12 });
  });

  it('answers in the format of the server, with a pause in whole nanoseconds', () => {
    const { message, sent } = receive('$JS.ACK.post.d.1.1.1.1.0');
    message.ack();
    message.retry(12.345);
    expect(sent).toEqual(['+ACK', '-NAK {"delay":12000000}']);
  });

  it('answers nothing after the consumer was created again', () => {
    const { message, sent } = receive('$JS.ACK.post.d.1.1.1.1.0', true);
    message.ack();
    message.term();
    expect(sent).toEqual([]);
  });
});

describe('readEnvelope', () => {
  it('reads back what the relay publishes', () => {
    const row = {
      position: 12n,
      id: '34',
      type: 'tintype.post.post.published.v1',
      subject: '56',
      data: '{"caption": "\\"}{"}',
      traceparent: null,
      time: '2026-11-20T08:00:00.000Z',
    };
    expect(readEnvelope(bytes(toEnvelope('post', row)))).toEqual({
      specversion: '1.0',
      id: '34',
      source: '/tintype/post',
      type: 'tintype.post.post.published.v1',
      subject: '56',
      time: '2026-11-20T08:00:00.000Z',
      datacontenttype: 'application/json',
      sequence: '12',
      data: { caption: '"}{' },
    });
  });

  const EVENT = { id: '1', type: 't', subject: 's', time: '2026-11-20T08:00:00Z', sequence: '2', data: {} };

  it('reads an event with the required fields only', () => {
    expect(readEnvelope(bytes(JSON.stringify(EVENT)))).toEqual(EVENT);
  });

  it.each(['', 'null', '[]', '{"id": 1}', 'not JSON {', '\ud800'])('refuses %j', (text) => {
    expect(() => readEnvelope(bytes(text))).toThrow(UnprocessableEventError);
  });

  it('refuses bytes that are not UTF-8', () => {
    const text = JSON.stringify({ ...EVENT, subject: 'x' });
    const broken = bytes(text).map((byte) => (byte === 'x'.charCodeAt(0) ? 0xff : byte));
    expect(() => readEnvelope(broken)).toThrow(UnprocessableEventError);
  });

  const ODD = [null, undefined, '', [], 7, true, 'x', {}, '-1', '9223372036854775808', ' 1'];
  const cases = Object.keys(EVENT).flatMap((field) => ODD.map((value) => ({ field, value })));
  const isFine = ({ field, value }: (typeof cases)[number]) =>
    (field === 'data' && JSON.stringify(value) === '{}') ||
    (['type', 'subject'].includes(field) && typeof value === 'string' && value !== '') ||
    (field === 'time' && typeof value === 'string' && !Number.isNaN(Date.parse(value)));
  it.each(cases.filter((one) => !isFine(one)))('refuses $field: $value', ({ field, value }) => {
    expect(() => readEnvelope(bytes(JSON.stringify({ ...EVENT, [field]: value })))).toThrow(UnprocessableEventError);
  });
});
