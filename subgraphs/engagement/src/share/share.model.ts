export type ShareModel = {
  id: bigint;
  userId: bigint;
  postId: bigint;
  postAuthorId: bigint;
  text: string;
  createdAt: Date;
};
