import type * as engagement from '@tintype/schema/internal/engagement';
import type * as notification from '@tintype/schema/internal/notification';
import type * as post from '@tintype/schema/internal/post';
import type * as search from '@tintype/schema/internal/search';
import type * as socialGraph from '@tintype/schema/internal/social-graph';
import type * as user from '@tintype/schema/internal/user';
import type { InternalDocument } from '@tintype/schema/internal-document';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { CallerIdentity } from '@tintype/viewer';

/** The generated documents of each subgraph. No part of the platform sends operations to feed. */
type Documents = {
  user: typeof user;
  'social-graph': typeof socialGraph;
  post: typeof post;
  feed: Record<never, never>;
  engagement: typeof engagement;
  notification: typeof notification;
  search: typeof search;
};

/** The names of a subgraph's internal operations, such as `visiblePosts` for the document `VisiblePosts`. */
type Answers<Of> = {
  [Name in keyof Of as Name extends `${infer Operation}Document`
    ? Uncapitalize<Operation>
    : never]?: Of[Name] extends InternalDocument<infer Data, infer Variables>
    ? (variables: Variables, identity: CallerIdentity) => Data | Promise<Data>
    : never;
};

/** What fakes answer, by subgraph and internal operation. The types come from `schema/internal`. */
export type FakeAnswers = { [Name in SubgraphName]?: Answers<Documents[Name]> };
