import { Worker } from 'node:worker_threads';
import { RequestError } from '@tintype/graphql';

export type ThreadRequest<Question> = { id: number; question: Question };
/** The first message says that the thread has loaded what it needs, the others are answers. */
export type ThreadMessage<Answer> = { ready: true } | { id: number; answer: Answer } | { id: number; failure: string };

/** Sends a question to the thread. @throws RequestError OVERLOADED if too many wait, or the answer takes too long */
export type BackgroundThread<Question, Answer> = (question: Question) => Promise<Answer>;

/** Hardly anybody logs in or registers most of the time, and a thread takes memory. */
const IDLE_MS = 60_000;
/** Dictionaries take a core for a second to load, and many times as long on a busy machine. */
const START_MS = 60_000;
const TIMEOUT_MS = 20_000;

type Waiting<Answer> = { resolve(answer: Answer): void; reject(error: unknown): void };
type Thread<Answer> = { worker: Worker; waiting: Map<number, Waiting<Answer>>; ready: Promise<void> };

/**
 * Runs work that would block the event loop in a thread of its own, one question after another. The thread starts on
 * demand and ends when it has been idle.
 *
 * @param options.overloaded the message for clients if too many wait, or the answer takes too long
 */
export function createBackgroundThread<Question, Answer>(options: {
  script: URL;
  maxWaiting: number;
  overloaded: string;
}): BackgroundThread<Question, Answer> {
  const { script, maxWaiting } = options;
  let thread: Thread<Answer> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  function start(): Thread<Answer> {
    const worker = new Worker(script, { execArgv: ['--disable-warning=ExperimentalWarning'], env: {} });
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const started: Thread<Answer> = { worker, waiting: new Map(), ready };
    const timer = setTimeout(() => end(started, overloaded()), START_MS);
    worker.on('message', (message: ThreadMessage<Answer>) => {
      if ('ready' in message) {
        clearTimeout(timer);
        resolve();
      } else if ('answer' in message) started.waiting.get(message.id)?.resolve(message.answer);
      else started.waiting.get(message.id)?.reject(new Error(message.failure));
    });
    worker.on('error', (error) => end(started, error));
    worker.on('exit', () => {
      clearTimeout(timer);
      end(started, new Error('A background thread exited without an answer.'));
    });
    worker.unref();
    return started;
  }

  function end(ended: Thread<Answer>, error: unknown): void {
    if (thread === ended) thread = undefined;
    void ended.worker.terminate();
    for (const { reject } of ended.waiting.values()) reject(error);
    ended.waiting.clear();
  }

  async function ask(to: Thread<Answer>, question: Question): Promise<Answer> {
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    to.waiting.set(id, { resolve, reject });
    to.worker.ref();
    to.worker.postMessage({ id, question } satisfies ThreadRequest<Question>);
    let timer: NodeJS.Timeout | undefined;
    void to.ready.then(() => {
      if (to.waiting.has(id)) timer = setTimeout(() => end(to, overloaded()), TIMEOUT_MS);
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      to.waiting.delete(id);
      // A process that waits for no answer may end.
      if (to.waiting.size === 0) to.worker.unref();
    }
  }

  function overloaded(): RequestError {
    return new RequestError('OVERLOADED', options.overloaded);
  }

  return async (question) => {
    clearTimeout(idle);
    thread ??= start();
    const asked = thread;
    if (asked.waiting.size >= maxWaiting) throw overloaded();
    try {
      return await ask(asked, question);
    } finally {
      if (asked.waiting.size === 0) {
        clearTimeout(idle);
        idle = setTimeout(() => void end(asked, new Error('The thread was idle.')), IDLE_MS);
        idle.unref();
      }
    }
  };
}
