import type { ActivityKind } from '#generated/graphql.ts';

/** A like, comment, share or save. The id is a snowflake and contains the time. */
export type ActivityModel = { id: bigint; kind: ActivityKind; postId: bigint; commentId: bigint | null };
