import type { Distributed } from '@tintype/local/distributed';
import { type Fixture, handleOf, say } from '#fixture/fixture.ts';

export type Fault = { name: string; strike(): Promise<void> };

/** The parts that are stopped during the run, in this order. */
export function faultsOf(fixture: Fixture, platform: Distributed): Fault[] {
  const killed = (name: string): Fault => ({
    name: `kill -9 of ${name}`,
    async strike() {
      const target = platform.processes.get(name);
      if (!target?.pid()) throw new Error(`No process ${name} runs.`);
      target.kill('SIGKILL');
    },
  });
  const wiped = (store: 'redis' | 'nats'): Fault => ({
    name: `restart of ${store} with its store wiped`,
    strike: () => handleOf(fixture, store).restart({ wipe: true }),
  });
  return [killed('feed-fan-out'), killed('post-media'), killed('post-relay'), wiped('redis'), wiped('nats')];
}

/**
 * Stops one part at each of these shares of the work.
 *
 * @returns called with the share of the work that is done; resolves when the fault that was due has happened
 */
export function strikeAlong(faults: readonly Fault[], total: number): (done: number) => Promise<void> {
  let next = 0;
  return async (done) => {
    while (next < faults.length && done >= ((next + 1) * total) / (faults.length + 1)) {
      const fault = faults[next++]!;
      await fault.strike();
      say(`fault: ${fault.name}`);
    }
  };
}
