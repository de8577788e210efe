import { Worker } from 'node:worker_threads';
import { RequestError } from '@tintype/graphql';

export type EstimateRequest = { id: number; password: string; words: string[] };
/** Messages of the thread: the first says that it has loaded its dictionaries, the others are results. */
export type EstimateMessage = { ready: true } | { id: number; guessesLog10: number };

/** Registrations are rare, and the dictionaries take memory. */
const IDLE_MS = 60_000;
/** Loading the dictionaries takes a core for a second, and many times as long on a busy machine. */
const START_MS = 60_000;
const TIMEOUT_MS = 20_000;
/** Each takes up to 0.1 s of a core. */
const MAX_WAITING = 50;

export type PasswordEstimator = {
  /**
   * The decimal logarithm of the number of guesses that somebody who knows these words about the owner needs.
   *
   * @throws RequestError OVERLOADED if too many are waiting, or it was not done in time
   */
  guessesLog10(password: string, words: string[]): Promise<number>;
};

type Waiting = { resolve(guessesLog10: number): void; reject(error: unknown): void };
type Thread = { worker: Worker; waiting: Map<number, Waiting>; ready: Promise<void> };

/**
 * Runs zxcvbn in a thread of its own, because it would block the event loop. The thread starts on demand and ends when
 * it has been idle.
 */
export function createPasswordEstimator(): PasswordEstimator {
  let thread: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  function start(): Thread {
    const worker = new Worker(new URL('./estimate.worker.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
    });
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const started: Thread = { worker, waiting: new Map(), ready };
    const timer = setTimeout(() => end(started, overloaded()), START_MS);
    worker.on('message', (message: EstimateMessage) => {
      if ('id' in message) started.waiting.get(message.id)?.resolve(message.guessesLog10);
      else {
        clearTimeout(timer);
        resolve();
      }
    });
    worker.on('error', (error) => end(started, error));
    worker.on('exit', () => {
      clearTimeout(timer);
      end(started, new Error('the thread that estimates passwords ended without a word'));
    });
    worker.unref();
    return started;
  }

  function end(ended: Thread, error: unknown): void {
    if (thread === ended) thread = undefined;
    void ended.worker.terminate();
    for (const { reject } of ended.waiting.values()) reject(error);
    ended.waiting.clear();
  }

  async function ask(to: Thread, password: string, words: string[]): Promise<number> {
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    to.waiting.set(id, { resolve, reject });
    to.worker.postMessage({ id, password, words } satisfies EstimateRequest);
    let timer: NodeJS.Timeout | undefined;
    void to.ready.then(() => {
      if (to.waiting.has(id)) timer = setTimeout(() => end(to, overloaded()), TIMEOUT_MS);
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      to.waiting.delete(id);
    }
  }

  return {
    async guessesLog10(password, words) {
      clearTimeout(idle);
      thread ??= start();
      const asked = thread;
      if (asked.waiting.size >= MAX_WAITING) throw overloaded();
      try {
        return await ask(asked, password, words);
      } finally {
        if (asked.waiting.size === 0) {
          clearTimeout(idle);
          idle = setTimeout(() => void end(asked, new Error('the thread was idle')), IDLE_MS);
          idle.unref();
        }
      }
    },
  };
}

function overloaded(): RequestError {
  return new RequestError('OVERLOADED', 'Too many people are registering. Try again in a moment.');
}
