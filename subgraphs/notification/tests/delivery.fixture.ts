import { createEnvironment, createWorld, eventually, fakeSubgraphs, startSubgraphs } from '@tintype/testing';
import { SMTPServer } from 'smtp-server';
import { expect } from 'vitest';
import { wireNotification } from '../src/index.ts';
import { type Browser, type PushService, startPushService } from './push-service.ts';

export type MailServer = {
  /** Whole mails, by their recipient's address. */
  received: { to: string; text: string }[];
  /** The code of its answer to each recipient from now on. Initially 250. */
  answer(code: number): void;
  url: string;
  close(): Promise<void>;
};

async function startMailServer(): Promise<MailServer> {
  const received: MailServer['received'] = [];
  let code = 250;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, callback) {
      callback(code === 250 ? null : Object.assign(new Error('not now'), { responseCode: code }));
    },
    async onData(stream, session, callback) {
      let text = '';
      for await (const chunk of stream) text += String(chunk);
      received.push({ to: session.envelope.rcptTo[0]!.address, text });
      callback();
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
  });
  return {
    received,
    answer: (next) => {
      code = next;
    },
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export type Person = { id: bigint; username: string; email: string };

/** The notification subgraph with its workers, fakes of the other subgraphs, a push service and a mail server. */
export async function startDeliveryFixture() {
  const [push, mail] = await Promise.all([startPushService(), startMailServer()]);
  const environment = await createEnvironment({
    env: { MAIL_URL: mail.url, MAIL_FROM: 'notes@tintype.example', PUSH_ALLOW_LOCAL: 'true' },
  });
  const { pool } = environment.database;
  const world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), notification: wireNotification };
  const graph = await startSubgraphs(environment, wires, { workers: true });

  const people = async (count: number): Promise<Person[]> =>
    (await world.register(count)).map((id) => {
      const { username, email } = world.people.get(id)!;
      return { id, username, email };
    });

  return {
    environment,
    pool,
    graph,
    world,
    push,
    mail,
    people,
    /** Subscribes a new browser of a person. @returns the browser and the id of its subscription */
    async subscribe({ id }: Person): Promise<Browser & { id: string }> {
      const { pushPublicKey } = await graph.ask<{ pushPublicKey: string }>('notification', id, '{ pushPublicKey }');
      const browser = push.browser(pushPublicKey);
      return { ...browser, id: (await register(graph, id, browser.subscription)).pushSubscription!.id };
    },
    register: (who: Person, subscription: Browser['subscription']) => register(graph, who.id, subscription),
    async choose({ id }: Person, input: object) {
      const mutation = `mutation ($input: UpdateNotificationDeliveryInput!) { updateNotificationDelivery(input: $input) {
        delivery { push mail timeZone quietHours { from to } digest { frequency hour } } errors { code path } } }`;
      type Answer = { updateNotificationDelivery: { delivery: object; errors: { code: string; path: string[] }[] } };
      return (await graph.ask<Answer>('notification', id, mutation, { input })).updateNotificationDelivery;
    },
    follow: (follower: Person, followee: Person) => world.follow(follower.id, followee.id),
    unfollow: (follower: Person, followee: Person) => world.unfollow(follower.id, followee.id),
    /** Makes all messages and digests of a person due. */
    async hurry({ id }: Person) {
      await pool.query(
        'UPDATE notification.delivery SET due_at = now() WHERE recipient_id = $1 AND due_at IS NOT NULL',
        [id],
      );
      const digest =
        'UPDATE notification.delivery_setting SET digest_due_at = now() WHERE user_id = $1 AND digest_due_at IS NOT NULL';
      await pool.query(digest, [id]);
    },
    /** Resolves when this number of messages waits for a person. */
    async waiting({ id }: Person, count: number) {
      const text =
        'SELECT count(*)::int AS n FROM notification.delivery WHERE recipient_id = $1 AND due_at IS NOT NULL';
      await eventually(async () => expect((await pool.query(text, [id])).rows[0].n).toBe(count));
    },
    async close() {
      await graph.close();
      await environment.close();
      await Promise.all([push.close(), mail.close()]);
    },
  };
}

type Registered = { pushSubscription: { id: string } | null; errors: { code: string; path: string[] }[] };

async function register(
  graph: Awaited<ReturnType<typeof startSubgraphs>>,
  userId: bigint,
  input: Browser['subscription'],
): Promise<Registered> {
  const mutation = `mutation ($input: CreatePushSubscriptionInput!) {
    createPushSubscription(input: $input) { pushSubscription { id } errors { code path } } }`;
  type Answer = { createPushSubscription: Registered };
  return (await graph.ask<Answer>('notification', userId, mutation, { input })).createPushSubscription;
}

export type DeliveryFixture = Awaited<ReturnType<typeof startDeliveryFixture>>;
export type { PushService };
