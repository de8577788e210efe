import type { SubgraphClient } from '@tintype/graphql';
import { NewestNotificationChangeDocument, NotificationsSinceDocument } from '@tintype/schema/internal/notification';
import type { Identity, Viewer } from '@tintype/viewer';

/** A notification that changed, and the id of that change, decimal. */
export type Change = { id: string; changeId: string };

/** What changed for a viewer, as the owner of notifications knows it. @throws SubgraphError (both) */
export type ChangeSource = {
  /** Change id of the newest; '0' where nothing ever happened. */
  newest(viewer: Viewer, requestId: string): Promise<string>;
  /** The changes after this one, oldest first, at most `first`. */
  since(viewer: Viewer, requestId: string, changeId: string, first: number): Promise<readonly Change[]>;
};

/** Asks fields of the subgraph that the graph does not show to clients. */
export function createChangeSource(client: Pick<SubgraphClient, 'request'>): ChangeSource {
  const identityOf = (viewer: Viewer, requestId: string): Identity => {
    return { kind: 'person', viewer, requestId, operation: 'query' };
  };
  return {
    async newest(viewer, requestId) {
      const identity = identityOf(viewer, requestId);
      return (await client.request(NewestNotificationChangeDocument, {}, identity)).newestNotificationChange;
    },
    async since(viewer, requestId, changeId, first) {
      const identity = identityOf(viewer, requestId);
      return (await client.request(NotificationsSinceDocument, { changeId, first }, identity)).notificationsSince;
    },
  };
}
