/** A person as a reference that the user subgraph resolves. */
export const personOf = (id: bigint | null) => (id === null ? null : { id });
