import { registry } from '@tintype/telemetry';
import { expect, test } from 'vitest';
import type { RedisHandle } from './connection.ts';
import { createSignalPublisher, parseSignals } from './signals.ts';

function redisThat(publish: (channel: string, message: string) => Promise<number>): RedisHandle {
  return { client: { publish }, key: (name: string) => `test:${name}` } as unknown as RedisHandle;
}

const lost = async () => {
  const text = await registry.metrics();
  return Number(/^tintype_live_signals_lost_total\{owner="post"\} (\d+)/m.exec(text)?.[1] ?? 0);
};

test('sends the last signal about each subject, all in one message', async () => {
  const sent: [string, string][] = [];
  const redis = redisThat(async (...message) => sent.push(message));
  const signals = createSignalPublisher({ redis, owner: 'post' });
  await signals.publish([
    { subject: '1', version: 'a' },
    { subject: '2', version: 'b' },
    { subject: '1', version: 'c' },
  ]);
  await signals.publish([]);
  expect(sent.map(([channel]) => channel)).toEqual(['test:post:live:v3']);
  expect(parseSignals(sent[0]![1])).toEqual([
    { subject: '1', version: 'c' },
    { subject: '2', version: 'b' },
  ]);
});

test('counts what Redis did not take, and does not fail', async () => {
  const before = await lost();
  const away = redisThat(async () => {
    throw new Error('The socket closed.');
  });
  const frozen = redisThat(() => new Promise(() => undefined));
  for (const redis of [away, frozen])
    await createSignalPublisher({ redis, owner: 'post' }).publish([{ subject: '1', version: 'a' }]);
  expect(await lost()).toBe(before + 2);
});

test('leaves out what is not a signal', () => {
  for (const message of [
    '{',
    '',
    'null',
    '"text"',
    '{}',
    '[null]',
    '[[]]',
    '[{"subject":"1"}]',
    '[{"subject":1,"version":"a"}]',
  ])
    expect(parseSignals(message)).toEqual([]);
  expect(parseSignals('[null, {"subject":"1","version":"a","more":1}]')).toMatchObject([
    { subject: '1', version: 'a' },
  ]);
});
