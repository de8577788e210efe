import { NatsError } from 'nats';
import type { Owner } from '#event.ts';

/**
 * Owners whose events the server does not store, as the relays of this process find when they publish: a server whose disk is full, or
 * whose JetStream is off, is connected all the same.
 */
export type Refusals = {
  /** A relay failed. What is not an error of NATS says nothing about the server. */
  failed(owner: Owner, error: unknown): void;
  /** What a relay had to store is stored, or another process relays. */
  ended(owner: Owner): void;
  /** The last error of one of these owners; null where there are none. */
  current(): Error | null;
};

export function createRefusals(): Refusals {
  const errors = new Map<Owner, Error>();
  return {
    failed(owner, error) {
      if (error instanceof NatsError) errors.set(owner, error);
    },
    ended: (owner) => void errors.delete(owner),
    current: () => errors.values().next().value ?? null,
  };
}
