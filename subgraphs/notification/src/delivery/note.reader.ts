import { randomUUID } from 'node:crypto';
import type { SubgraphClient } from '@tintype/graphql';
import { createUsernameLoader } from '#actor/actor.loader.ts';
import type { NotificationModel } from '#notification/notification.model.ts';
import { textOf } from '#notification/text.rules.ts';

/** A notification as it is said outside the app. */
export type Note = { id: bigint; line: string; url: string };

/** What notifications say to their recipient, in their order: in it are only people whom the recipient may know of. @throws SubgraphError */
export type NoteReader = (recipientId: bigint, notifications: readonly NotificationModel[]) => Promise<Note[]>;

/** @param deps.publicUrl where people reach the gateway */
export function createNoteReader(deps: { client: SubgraphClient; publicUrl: string }): NoteReader {
  const { client, publicUrl } = deps;
  return async (recipientId, notifications) => {
    const viewer = { userId: recipientId, sessionId: '0' };
    const identity = { kind: 'person', viewer, requestId: randomUUID(), operation: 'query' } as const;
    const usernames = createUsernameLoader(client, identity);
    return Promise.all(
      notifications.map(async ({ id, kind, postId, commentId, actorIds, actorCount }) => {
        const names = await Promise.all(actorIds.map((actorId) => usernames.load(actorId)));
        const known = names.filter((name) => name !== null);
        return {
          id,
          line: textOf(kind, known, actorCount, commentId !== null),
          url: postId === null ? publicUrl : `${publicUrl}/p/${postId}`,
        };
      }),
    );
  };
}
