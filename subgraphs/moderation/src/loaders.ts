import { createListLoader, type ListLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf, type VisiblePost } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type { CaseReportModel } from '#report/report.model.ts';
import { listReportsOfCases } from '#report/report.repository.ts';
import { createCommentAuthorLoader } from '#report/target.loader.ts';
import { createRoleLoader, type Role } from '#staff/role.loader.ts';

export type Loaders = {
  relations: Loader<bigint, Relation>;
  /** Posts that the viewer may see. */
  visiblePosts: Loader<bigint, VisiblePost>;
  /** The authors of comments that the viewer may see. */
  commentAuthors: Loader<bigint, bigint>;
  roles: Loader<bigint, Role>;
  /** The reports of cases, newest first. */
  caseReports: ListLoader<bigint, CaseReportModel>;
};

export function createLoaders(deps: { pool: Executor; client: SubgraphClient }): (identity: Identity) => Loaders {
  const { pool, client } = deps;
  return (identity) => ({
    relations: relationLoaderOf({ client, identity }),
    visiblePosts: createVisiblePostLoader(client, identity),
    commentAuthors: createCommentAuthorLoader(client, identity),
    roles: createRoleLoader(client, identity),
    caseReports: createListLoader((parts) => listReportsOfCases(pool, parts)),
  });
}
