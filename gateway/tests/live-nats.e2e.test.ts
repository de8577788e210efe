import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { CreateCommentDocument, LikeCommentDocument } from '@tintype/schema/operations';
import { eventually, sharedAddresses } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { type EventReader, readEvents } from './stub/event-reader.ts';

/** Each liked comment has its own notification, so that no later change of the same notification hides a missed one. */
const COMMENTS = 40;
const LIKERS = 6;
const KILLS = 3;
const PATIENT_MS = 90_000;

const LISTEN = 'subscription { notificationAdded { id changeId } }';

type ReceivedEvent = { eventId: string; changeId: string };

function receivedBy(reader: EventReader): ReceivedEvent[] {
  return reader.events
    .filter(({ event }) => event === 'next')
    .map(({ id, data }) => ({ eventId: id, changeId: JSON.parse(data).data.notificationAdded.changeId }));
}

/** A client that listens from the beginning and reconnects after every `eventsEach` events. */
function createListener(url: string, token: string, resumeBy: keyof ReceivedEvent, eventsEach: number) {
  const connections: ReceivedEvent[][] = [];
  const received = () => connections.flat();
  let reader: EventReader | undefined;
  let isLeaving = false;

  const connect = async () => {
    const from = received().at(-1)?.[resumeBy] ?? '0';
    const headers = { authorization: `Bearer ${token}`, 'last-event-id': from };
    reader = await readEvents(`${url}/events?query=${encodeURIComponent(LISTEN)}`, { headers });
    expect(reader.status).toBe(200);
  };
  const leave = () => {
    reader!.close();
    connections.push(receivedBy(reader!));
    reader = undefined;
  };
  const visit = async () => {
    while (!isLeaving) {
      await connect();
      await expect
        .poll(() => isLeaving || receivedBy(reader!).length >= eventsEach, { timeout: PATIENT_MS })
        .toBe(true);
      leave();
    }
  };
  const visits = visit();
  visits.catch(() => undefined);
  return {
    /** Waits for this change and ends. @returns the events of each connection */
    async endAfter(changeId: string): Promise<ReceivedEvent[][]> {
      const last = () => (reader ? receivedBy(reader).at(-1) : undefined) ?? received().at(-1);
      await expect.poll(() => last()?.changeId, { timeout: PATIENT_MS }).toBe(changeId);
      isLeaving = true;
      await visits;
      return connections;
    },
  };
}

describe('live events while NATS is killed and started again', () => {
  let directory: string;
  let services: Services;
  let platform: TestPlatform;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tintype-live-nats-'));
    services = await startServices({ needs: ['nats'], dataDirectory: directory, env: {}, report: () => undefined });
    const addresses = { ...sharedAddresses(), ...services.env };
    platform = await startTestPlatform('in one process', {}, addresses);
  });
  afterAll(async () => {
    await platform?.close();
    await services?.stop();
    await removeServiceFiles(servicePathsOf(directory));
  });

  it('sends each change once and in order on each connection, and no client that reconnects misses one', async () => {
    const author = await eventually(() => register(platform.client, 'author'));
    const postId = await publish(author, 'a photo to comment on');
    const comment = async (text: string) => {
      const { createComment } = await author.client.request(CreateCommentDocument, { input: { postId, text } });
      expect(createComment!.errors).toEqual([]);
      return createComment!.comment!.id;
    };
    const commentIds: string[] = [];
    for (let one = 0; one < COMMENTS; one++) commentIds.push(await eventually(() => comment(`comment ${one}`)));
    const likers: Person[] = [];
    for (let one = 0; one < LIKERS; one++) likers.push(await eventually(() => register(platform.client, 'liker')));

    const { url } = platform;
    const staying = createListener(url, author.token, 'eventId', Number.POSITIVE_INFINITY);
    const returning = [
      createListener(url, author.token, 'eventId', 3),
      createListener(url, author.token, 'changeId', 3),
      createListener(url, author.token, 'changeId', 1),
    ];

    let liked = 0;
    const like = (liker: Person, commentId: string) =>
      eventually(
        async () => {
          const { likeComment } = await liker.client.request(LikeCommentDocument, { commentId });
          expect(likeComment!.errors).toEqual([]);
        },
        { timeoutMs: PATIENT_MS },
      );
    const likes = likers.map(async (liker, index) => {
      for (let one = 0; one < COMMENTS; one++) {
        await like(liker, commentIds[(one * 7 + index * 11) % COMMENTS]!);
        liked += 1;
      }
    });
    const nats = services.handles.nats!;
    const kills = (async () => {
      for (let kill = 1; kill <= KILLS; kill++) {
        const due = (COMMENTS * LIKERS * kill) / (KILLS + 1);
        await expect.poll(() => liked, { timeout: PATIENT_MS }).toBeGreaterThanOrEqual(due);
        await nats.kill('SIGKILL');
        const before = liked;
        await expect.poll(() => liked, { timeout: PATIENT_MS }).toBeGreaterThan(before + LIKERS);
        await nats.restart();
      }
    })();
    await Promise.all([...likes, kills]);

    const changes = await expect
      .poll(async () => notifications(platform), { timeout: PATIENT_MS })
      .toMatchObject({ count: COMMENTS, actors: COMMENTS * LIKERS })
      .then(() => notifications(platform));
    for (const listener of [staying, ...returning]) {
      const connections = await listener.endAfter(changes.changeIds.at(-1)!);
      const received = connections.flat();
      for (const { eventId, changeId } of received) expect(eventId).toBe(changeId);
      const ids = received.map(({ eventId }) => BigInt(eventId));
      expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => (one < other ? -1 : 1)));
      expect(received.map(({ changeId }) => changeId)).toEqual(expect.arrayContaining(changes.changeIds));
    }
  });
});

/** Notifications of likes of comments: their number, the sum of their actors, and their latest changes in order. */
async function notifications({ environment }: TestPlatform) {
  const { rows } = await environment.database.pool.query<{ changeId: string; actors: number }>(
    `SELECT change_id::text AS "changeId", actor_count AS actors FROM notification.notification
     WHERE kind = 'COMMENT_LIKE' ORDER BY change_id`,
  );
  const actors = rows.reduce((sum, row) => sum + row.actors, 0);
  return { count: rows.length, actors, changeIds: rows.map(({ changeId }) => changeId) };
}
