import type { ActivityKind } from '#generated/graphql.ts';

/** Something that a person did; the snowflake tells when. */
export type ActivityModel = { id: bigint; kind: ActivityKind; postId: bigint; commentId: bigint | null };
