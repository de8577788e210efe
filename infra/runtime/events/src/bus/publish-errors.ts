import type { SubgraphName } from '@tintype/schema/subgraphs';
import { NatsError } from 'nats';

/**
 * Owners whose events NATS does not store, as the relays of this process find when they publish. A server with a full
 * disk, or without JetStream, still accepts connections.
 */
export type PublishErrors = {
  /** Call it when a relay fails. Errors that are not from NATS are ignored. */
  failed(owner: SubgraphName, error: unknown): void;
  /** Call it when a relay has published, or when another process relays. */
  ended(owner: SubgraphName): void;
  /** The last error of one of these owners; null if there is none. */
  current(): Error | null;
};

export function createPublishErrors(): PublishErrors {
  const errors = new Map<SubgraphName, Error>();
  return {
    failed(owner, error) {
      if (error instanceof NatsError) errors.set(owner, error);
    },
    ended: (owner) => void errors.delete(owner),
    current: () => errors.values().next().value ?? null,
  };
}
