import type { SubgraphClient } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import { PostStateDocument, type PostStateQuery } from '@tintype/schema/internal/post';
import type { EndError, EventSource } from './event.source.ts';

/** The position of a client that has received nothing: its first event shows the present state. */
const NOTHING_RECEIVED = '';

type State = NonNullable<PostStateQuery['post']>['state'];

/** The order in which a post goes through its states. */
const ORDER: Readonly<Record<State, number>> = { PROCESSING: 0, PUBLISHED: 1, FAILED: 1 };

function isState(text: string): text is State {
  return Object.hasOwn(ORDER, text);
}

const NOT_FOUND: EndError = {
  code: 'POST_NOT_FOUND',
  message: 'The post does not exist or is not visible to you.',
};

/**
 * `postUpdated`: the subject is a post, and its state is the version. A post leaves `PROCESSING` once and never returns
 * to it.
 */
export function createPostSource(client: Pick<SubgraphClient, 'request'>): EventSource {
  return {
    field: 'postUpdated',
    queryField: 'post',
    versionField: 'state',
    owner: 'post',
    // It was hidden or deleted since the check. The next check ends the subscription.
    missingObject: 'check again',
    subjectOf: (_viewer, { id }) => (typeof id === 'string' && parseGlobalId('Post', id)?.toString()) || '',
    eventIdOf: (subject, state) => (state === NOTHING_RECEIVED ? '' : `${subject}.${state}`),
    versionOf(subject, eventId) {
      const [postId, state = '', ...rest] = eventId.split('.');
      return postId === subject && isState(state) && rest.length === 0 ? state : null;
    },
    compare: (one, other) => orderOf(one) - orderOf(other),
    start: async () => NOTHING_RECEIVED,
    async changesAfter({ viewer, subject }, requestId, state) {
      const identity = { kind: 'person', viewer, requestId, operation: 'query' } as const;
      const { post } = await client.request(PostStateDocument, { id: `Post_${subject}` }, identity);
      if (!post) return { endError: NOT_FOUND };
      return { changes: post.state === state ? [] : [{ id: subject, version: post.state }] };
    },
  };
}

function orderOf(version: string): number {
  return isState(version) ? ORDER[version] : -1;
}
