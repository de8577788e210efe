import { createSubgraph, requireViewer, type SubgraphContext } from '@tintype/graphql';
import { createSignalPublisher, type RedisHandle } from '@tintype/redis';
import { createLog } from '@tintype/telemetry';
import type { StubPart } from './subgraphs.ts';

const NOTIFICATIONS = `
  extend schema
    @link(
      url: "https://specs.apollo.dev/federation/v2.9"
      import: ["@key", "@inaccessible", "@cost", "@composeDirective"]
    )
    @link(url: "https://specs.tintype.internal/directives/v1.0", import: ["@requiresScopes"])
    @composeDirective(name: "@requiresScopes")
  directive @requiresScopes(scopes: [String!]!) on FIELD_DEFINITION
  scalar Snowflake @inaccessible
  type Query {
    notification(id: ID!): Notification
    notificationsSince(changeId: Snowflake!, first: Int = 20): [Notification!]! @inaccessible
    newestNotificationChange: Snowflake! @inaccessible
  }
  type Subscription { notificationAdded: Notification! @requiresScopes(scopes: ["read:notifications"]) }
  type Notification @key(fields: "id") @cost(weight: 8) { id: ID! changeId: ID! text(upperCase: Boolean = false): String! actor: User! }
  type User @key(fields: "id", resolvable: false) { id: ID! }
`;

type Part = 'newest' | 'since' | 'one';
type Notification = { id: string; changeId: string; text: string };

export type NotificationsStub = StubPart & {
  /** Adds or changes a notification. @returns the change id */
  change(change: { of?: string; id: string; text?: string; silent?: boolean }): Promise<string>;
  takeBack(id: string): void;
  /** Queries that fail from now on. */
  failing: Set<Part>;
  /** How often changes were checked so far. */
  looks: number;
  /** Called before the next reads of notifications, one before each. */
  beforeRead: (() => Promise<void>)[];
};

/** The owner of notifications as the gateway sees it: ordered changes of a viewer, with a signal for each. */
export function createNotifications(redis: RedisHandle): NotificationsStub {
  const byUser = new Map<string, Map<string, Notification>>();
  const signals = createSignalPublisher({ redis, owner: 'notification' });
  let newest = 1_000_000_000_000n;
  const of = (context: SubgraphContext<unknown>) => byUser.get(String(requireViewer(context).userId)) ?? new Map();
  const fail = (what: Part) => {
    if (stub.failing.has(what)) throw new Error('the store of notifications is away');
  };
  const subgraph = createSubgraph({
    name: 'notification',
    typeDefs: NOTIFICATIONS,
    log: createLog({ name: 'stub', level: 'silent' }),
    createLoaders: () => ({}),
    resolvers: {
      Query: {
        async notification(_: unknown, { id }: { id: string }, context: SubgraphContext<unknown>) {
          fail('one');
          await stub.beforeRead.shift()?.();
          return of(context).get(id) ?? null;
        },
        notificationsSince(
          _: unknown,
          { changeId, first }: { changeId: bigint; first: number },
          context: SubgraphContext<unknown>,
        ) {
          stub.looks += 1;
          fail('since');
          const all: Notification[] = [...of(context).values()];
          const after = all.filter((one) => BigInt(one.changeId) > changeId);
          return after.sort((a, b) => Number(BigInt(a.changeId) - BigInt(b.changeId))).slice(0, first);
        },
        newestNotificationChange(_: unknown, __: unknown, context: SubgraphContext<unknown>) {
          fail('newest');
          const ids = [...of(context).values()].map((one: Notification) => BigInt(one.changeId));
          return ids.reduce((a, b) => (a > b ? a : b), 0n);
        },
      },
      Notification: {
        text: ({ text }: Notification, { upperCase }: { upperCase: boolean }) =>
          upperCase ? text.toUpperCase() : text,
        actor: () => ({ id: '9' }),
      },
    },
  });
  const stub: NotificationsStub = {
    subgraph,
    typeDefs: NOTIFICATIONS,
    failing: new Set(),
    looks: 0,
    beforeRead: [],
    async change({ of: recipientId = '42', id, text = `text ${id}`, silent = false }) {
      newest += 1n;
      const changeId = String(newest);
      const mine = byUser.get(recipientId) ?? new Map<string, Notification>();
      byUser.set(recipientId, mine.set(id, { id, changeId, text }));
      if (!silent) await signals.publish([{ subject: recipientId, version: changeId }]);
      return changeId;
    },
    takeBack(id) {
      for (const mine of byUser.values()) mine.delete(id);
    },
  };
  return stub;
}
