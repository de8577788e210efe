import type { InternalDocument } from '@tintype/schema/internal-document';
import type { InternalDocuments } from '@tintype/schema/internal-documents';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { CallerIdentity } from '@tintype/viewer';

/** The names of a subgraph's internal operations, such as `visiblePosts` for the document `VisiblePosts`. */
type Answers<Of> = {
  [Name in keyof Of as Name extends `${infer Operation}Document`
    ? Uncapitalize<Operation>
    : never]?: Of[Name] extends InternalDocument<infer Data, infer Variables>
    ? (variables: Variables, identity: CallerIdentity) => Data | Promise<Data>
    : never;
};

/** What fakes answer, by subgraph and internal operation. The types come from `schema/internal`. */
export type FakeAnswers = { [Name in SubgraphName]?: Answers<InternalDocuments[Name]> };
