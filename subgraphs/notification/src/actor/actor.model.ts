/** A person, by whom the user subgraph knows more. */
export type UserModel = { id: bigint };
