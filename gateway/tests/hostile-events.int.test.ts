import { type DeadLetter, listDeadLetters } from '@tintype/events';
import type { EventType } from '@tintype/schema/events';
import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment, eventually, removeKeys, startSubgraphs } from '@tintype/testing';
import { eventSamples } from '@tintype/testing/event-samples';
import type { ConsumerInfo } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadWires } from './platform/wires.ts';

const LONG = { timeoutMs: 120_000, everyMs: 500 };
/** After each so many hostile messages follows a valid event. */
const GOOD_EVERY = 40;

let environment: Environment;
let subgraphs: Awaited<ReturnType<typeof startSubgraphs>>;
let samples: ReturnType<typeof eventSamples>;
beforeAll(async () => {
  // As many connections as all owners' pools together.
  environment = await createEnvironment({ env: { DATABASE_POOL: '40' } });
  const { ids, database } = environment;
  const [userId, uploadId] = [ids.next(), ids.next()];
  await database.pool.query(
    `INSERT INTO post.upload (owner_id, id, content_type, byte_size, purpose, expires_at)
     VALUES ($1, $2, 'image/jpeg', 1, 'AVATAR', now())`,
    [userId, uploadId],
  );
  samples = eventSamples(() => String(ids.next()), { userId: String(userId), uploadId: String(uploadId) });
  subgraphs = await startSubgraphs(environment, await loadWires(), { workers: true });
});
afterAll(async () => {
  await subgraphs?.close();
  await environment?.close();
});

type Message = { type: string; bytes: Uint8Array };

const ownerOf = (type: string) => type.split('.')[1] as SubgraphName;
const bytesOf = (value: unknown): Uint8Array =>
  value instanceof Uint8Array ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

let sequence = 0;
function envelopeOf(type: string, data: unknown): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: String(environment.ids.next()),
    source: `/tintype/${ownerOf(type)}`,
    type,
    subject: `hostile ${sequence % 7}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence: String(++sequence),
    data,
  };
}

/** Replacements for any value. */
const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  '',
  'x',
  '0',
  '-1',
  '1.5',
  ' 7',
  '9223372036854775808',
  '99999999999999999999999',
  7,
  -1,
  0.5,
  2 ** 53 - 1,
  1e308,
  true,
  [],
  [null],
  [[]],
  {},
  { id: '1' },
  '\0',
  'half \ud83d',
  'x'.repeat(20_000),
];

/** Messages that are not events, whatever their type. */
function noEvents(type: string): unknown[] {
  const without = (field: string) => {
    const { [field]: _, ...rest } = envelopeOf(type, {});
    return rest;
  };
  const raw = ['', 'not JSON {', 'null', '7', '"text"', '[]', '{}', 'true', '{"data":', '['.repeat(50_000)];
  const bad: Record<string, unknown[]> = {
    id: [null, 7, '', 'x', '-1', '1.5', '9223372036854775808', {}],
    sequence: [null, 7, '', 'x', '-1', '9007199254740992', '99999999999999999999999', []],
    type: [null, 7, '', {}],
    subject: [null, 7, '', []],
    time: [null, 7, '', 'yesterday', '-271821-04-20T00:00:00.000Z', '2026-13-45T00:00:00Z'],
    data: [null, 7, 'x', true, [], [{}]],
  };
  return [
    ...raw,
    Buffer.from([0xff, 0xfe, 0x00]),
    ...Object.keys(bad).map(without),
    ...Object.entries(bad).flatMap(([field, values]) =>
      values.map((value) => ({ ...envelopeOf(type, {}), [field]: value })),
    ),
  ];
}

/** Each position gets so many of the hostile values, the next ones in turn. */
const PER_POSITION = 8;
let used = 0;

/** Copies of the value, each with one hostile part. */
function* spoilt(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const whole = (inner: unknown) =>
      Array.isArray(value)
        ? value.map((one, index) => (String(index) === key ? inner : one))
        : { ...value, [key]: inner };
    for (let n = 0; n < PER_POSITION; n++) yield whole(HOSTILE[used++ % HOSTILE.length]);
    for (const inner of spoilt(Reflect.get(value, key))) yield whole(inner);
  }
}

/** All consumers of all streams of the server. */
async function consumers(): Promise<ConsumerInfo[]> {
  const { bus } = environment;
  const found: ConsumerInfo[] = [];
  for (const name of [...SUBGRAPHS, 'retry', 'exhausted'] as const) {
    const stream = bus.streamName(name);
    if (!(await bus.jsm.streams.info(stream).catch(() => null))) continue;
    for await (const info of bus.jsm.consumers.list(stream)) found.push(info);
  }
  return found;
}

/** Waits until every stream exists, and no consumer was added for three seconds. */
async function allStarted(owners: ReadonlySet<SubgraphName>): Promise<ConsumerInfo[]> {
  const { bus } = environment;
  const looks: string[] = [];
  return eventually(
    async () => {
      await Promise.all([...owners].map((owner) => bus.jsm.streams.info(bus.streamName(owner))));
      const infos = await consumers();
      looks.push(namesOf(infos).join());
      expect(new Set(looks.slice(-4)).size).toBe(1);
      expect(looks.length).toBeGreaterThan(3);
      return infos;
    },
    { timeoutMs: 60_000, everyMs: 1000 },
  );
}

const namesOf = (infos: readonly ConsumerInfo[]) => infos.map((info) => `${info.stream_name} ${info.name}`).sort();

function reads(info: ConsumerInfo, type: string): boolean {
  const namespace = environment.bus.subject('');
  const pattern = info.config.filter_subject!.slice(namespace.length).split('.');
  const tokens = type.split('.');
  return pattern.every((part, index) => part === '>' || part === '*' || part === tokens[index]);
}

async function send(messages: readonly Message[]): Promise<void> {
  const { bus } = environment;
  for (let from = 0; from < messages.length; from += 100) {
    await Promise.all(
      messages.slice(from, from + 100).map(({ type, bytes }) => bus.js.publish(bus.subject(type), bytes)),
    );
  }
}

async function allProcessed(): Promise<void> {
  await eventually(async () => {
    const busy = (await consumers()).filter((info) => info.num_pending + info.num_ack_pending > 0);
    expect(busy.map((info) => `${info.name}: ${info.num_pending} + ${info.num_ack_pending}`)).toEqual([]);
  }, LONG);
}

/** Identifies a dead letter or message, with its consumer. */
const keyOfLetter = (durable: string, bytes: Uint8Array) => `${durable} ${Buffer.from(bytes).toString('base64url')}`;

test('no message in a stream ends a consumer, and each bad one becomes a dead letter with the reason', {
  timeout: 240_000,
}, async () => {
  const { bus, redis, ids } = environment;
  const types = Object.keys(samples) as EventType[];
  const before = await allStarted(new Set(types.map(ownerOf)));
  const durables = before.filter((info) => info.stream_name !== bus.streamName('retry'));
  expect(durables.length).toBeGreaterThan(0);
  // A consumer of a type without a sample would not be tested.
  for (const info of durables)
    expect(
      types.some((type) => reads(info, type)),
      info.name,
    ).toBe(true);

  const never: Message[] = [];
  const doubtful: Message[] = [];
  for (const type of types) {
    never.push(...noEvents(type).map((value) => ({ type, bytes: bytesOf(value) })));
    for (const data of spoilt(samples[type])) doubtful.push({ type, bytes: bytesOf(envelopeOf(type, data)) });
    const { [type]: sample } = samples;
    doubtful.push(
      { type: type.replace(/v1$/, 'v2'), bytes: bytesOf(envelopeOf(type.replace(/v1$/, 'v2'), {})) },
      { type: type.replace(/v1$/, 'v0'), bytes: bytesOf(envelopeOf(type.replace(/v1$/, 'v0'), sample)) },
      { type, bytes: bytesOf(envelopeOf('tintype.nobody.nothing.happened.v1', sample)) },
    );
  }
  const goodOf = (type: EventType): Message[] => [
    { type, bytes: bytesOf(envelopeOf(type, samples[type])) },
    {
      type,
      bytes: bytesOf({
        ...envelopeOf(type, { ...samples[type], unknown: { to: ['everybody'] } }),
        specversion: '9.9',
        more: null,
      }),
    },
  ];
  const good: Message[] = [];
  const mixed = [...never, ...doubtful].flatMap((message, index) => {
    if (index % GOOD_EVERY > 0) return [message];
    const one = goodOf(types[(index / GOOD_EVERY) % types.length]!);
    good.push(...one);
    return [message, ...one];
  });
  await send(mixed);
  for (const info of durables) {
    for (const text of ['not JSON', 'null', '[]', '{"id":"1","data":null}'])
      await bus.js.publish(bus.subject(`retry.${info.name}`), text);
  }
  await removeKeys(redis);
  await allProcessed();

  const last = types.flatMap(goodOf);
  await send(last);
  good.push(...last);
  await allProcessed();

  const letters = await listDeadLetters(bus);
  const letterKeys = new Set(letters.map((letter) => keyOfLetter(letter.durable, letter.message!)));
  const keysIn = (messages: readonly Message[]) =>
    durables.flatMap((info) =>
      messages.filter(({ type }) => reads(info, type)).map(({ bytes }) => keyOfLetter(info.name, bytes)),
    );
  const show = (of: readonly string[]) =>
    of.slice(0, 5).map((key) => {
      const [durable, bytes] = key.split(' ');
      return `${durable} ${Buffer.from(bytes!, 'base64url').toString().slice(0, 300)}`;
    });
  expect(show(keysIn(never).filter((key) => !letterKeys.has(key)))).toEqual([]);
  expect(show(keysIn(good).filter((key) => letterKeys.has(key)))).toEqual([]);
  const unclear = letters.filter(
    ({ reason, attempts }) => attempts !== 1 || !/^UnprocessableEventError: .+/.test(reason),
  );
  expect(unclear.map(({ durable, reason, attempts }: DeadLetter) => `${durable} ${attempts} ${reason}`)).toEqual([]);
  for (const info of durables) {
    const sent = letters.filter(
      ({ durable, message }) => durable === info.name && Buffer.from(message!).toString() === 'not JSON',
    );
    expect(sent, info.name).toHaveLength(1);
  }

  // The emptied trends are counted again despite all of these, and no consumer is left behind.
  await eventually(async () => expect(await redis.client.exists(redis.key('search:trend-whole:v1'))).toBe(1), LONG);
  await eventually(async () => expect(namesOf(await consumers())).toEqual(namesOf(before)), LONG);
  expect(ids.workerId()).toBeDefined();
});
