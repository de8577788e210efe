import { Socket } from 'node:net';
import { createBreaker, withTimeout } from '@tintype/bounds';
import { isOutage } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import pg from 'pg';
import { type Availability, availabilityOf } from './availability.ts';
import { commitBefore, isPastCommit } from './commit.ts';
import { type ConnectionQuotas, createConnectionQuotas } from './connection.quotas.ts';
import { isTimeout, isUnanswered, isUsable, toStoreError } from './errors.ts';
import { currentLimits, type RequestLimits } from './request.limits.ts';

/** How long to wait for a free connection, and for a new one. */
export const CONNECTION_MS = 1000;
/** A late connection is not given up so soon, because the server would serve it before later ones anyway. */
export const LATE_CONNECTION_MS = 120_000;
/**
 * How many idle connections stay open. On a busy machine, a new one may take as long as a request is allowed to wait.
 */
const KEPT_CONNECTIONS = 2;
/** The server cancels a statement after this time. */
export const STATEMENT_MS = 3000;
/** If the server does not even report a timeout, this side gives up. */
const READ_MS = STATEMENT_MS + 500;
/** A statement that had this long counts as late. */
const SLOW_MS = 500;

type Send = (config: pg.QueryConfig & { query_timeout?: number }) => Promise<unknown>;

/** Work outside requests is one client among others, so workers that wait for a lock leave connections for requests. */
const WORKERS = 'workers';

/**
 * A pool in which every wait is bounded on this side: for a place, a connection and an answer, within the remaining
 * time of the request. Each client has at most its quota of connections. If Postgres does not answer, the error is a
 * StoreError, and the connection is closed.
 */
export class BoundedPool extends pg.Pool {
  readonly #quotas: ConnectionQuotas;
  readonly #kept: number;
  readonly #availability: Availability;
  readonly #breaker = createBreaker();
  /** Connections with an unanswered statement. */
  readonly #broken = new WeakSet<pg.PoolClient>();

  /** The pool's own method, without a bound on this side. */
  readonly #sends = new WeakMap<pg.PoolClient, Send>();
  /**
   * Idle connections of an unavailable server. They wait for its first answer, because new connections take it longer.
   */
  readonly #held = new Set<pg.PoolClient>();
  readonly #ignoreAway: () => void;
  /** Connections that the server has not answered yet. */
  readonly #silent: Set<Socket>;

  constructor(config: pg.PoolConfig & { connectionString: string; max: number; quota: number }) {
    const silent = new Set<Socket>();
    const kept = Math.min(KEPT_CONNECTIONS, config.quota, config.max);
    super({ ...config, min: kept, stream: () => watched(silent) });
    this.#kept = kept;
    this.#silent = silent;
    this.#quotas = createConnectionQuotas(config);
    this.#availability = availabilityOf(config.connectionString);
    this.#ignoreAway = this.#availability.onAway(() => this.#holdIdle());
    this.on('connect', (client) => this.#bound(client));
  }

  /** How many wait for a connection. They wait here, never in the pool's own queue. */
  waiting(): number {
    return this.#quotas.waiting();
  }

  /** See `Availability.untilBack`. */
  untilBack(signal: AbortSignal): Promise<void> {
    return this.#availability.untilBack(signal);
  }

  /** See `Availability.isAway`. */
  isAway(): boolean {
    return this.#availability.isAway();
  }

  /** Opens the connections that stay open, so that the first requests need not wait for them. Never rejects. */
  async warm(): Promise<void> {
    const kept = Array.from({ length: this.#kept }, () => this.connect());
    for (const made of await Promise.allSettled(kept)) if (made.status === 'fulfilled') made.value.release();
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): void;
  override connect(
    callback?: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): Promise<pg.PoolClient> | undefined {
    const connected = this.#acquire(currentLimits());
    if (!callback) return connected;
    connected.then(
      (client) => callback(undefined, client, (error) => client.release(error as Error)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | undefined {
    this.#ignoreAway();
    const ended = super.end();
    for (const client of this.#held) this.#letGo(client, true);
    for (const socket of this.#silent) socket.destroy();
    if (!callback) return ended;
    ended.then(callback);
  }

  // The pool's own method loses the request context in its queue, and closes the connection after every error.
  override query = (async (...args: Parameters<pg.PoolClient['query']>) => {
    const client = await this.connect();
    try {
      return await client.query(...args);
    } catch (error) {
      throw toStoreError(error);
    } finally {
      client.release();
    }
  }) as pg.Pool['query'];

  async #acquire(request: RequestLimits | undefined): Promise<pg.PoolClient> {
    request?.check();
    this.#availability.check();
    const waitMs = Math.min(CONNECTION_MS, request?.remainingMs() ?? CONNECTION_MS);
    const giveBack = await this.#quotas.take(request?.client ?? WORKERS, waitMs);
    try {
      const client = await this.#connectWithin(request?.remainingMs() ?? Number.POSITIVE_INFINITY);
      const releaseClient = client.release;
      client.release = (error) => {
        releaseClient(error ?? this.#broken.has(client));
        giveBack();
      };
      return client;
    } catch (error) {
      giveBack();
      throw toStoreError(error);
    }
  }

  async #connectWithin(ms: number): Promise<pg.PoolClient> {
    const startedAt = performance.now();
    const waitMs = Math.min(CONNECTION_MS, ms);
    const connecting =
      this.idleCount > this.waitingCount ? super.connect() : this.#availability.gate(() => super.connect(), waitMs);
    const timeoutError = () => new StoreError(ms < CONNECTION_MS ? 'TIMEOUT' : 'UNAVAILABLE');
    try {
      return await withTimeout(() => connecting, { ms: waitMs, timeoutError });
    } catch (error) {
      if (isOutage(error) || error instanceof StoreError) this.#availability.suspect(startedAt);
      // A connection that opens later stays in the pool for the next request.
      connecting.then((client) => client.release()).catch(() => undefined);
      throw error;
    }
  }

  #holdIdle(): void {
    for (let left = this.idleCount - this.waitingCount; left > 0; left--) {
      super.connect().then(
        (client) => this.#hold(client),
        // The connection or the pool has ended in the meantime.
        () => undefined,
      );
    }
  }

  async #hold(client: pg.PoolClient): Promise<void> {
    this.#held.add(client);
    try {
      await this.#sends.get(client)!({ text: 'SELECT 1' });
      this.#availability.answered();
      this.#letGo(client, false);
    } catch {
      // The connection was closed on either side, which is no answer.
      this.#letGo(client, true);
    }
  }

  #letGo(client: pg.PoolClient, isBroken: boolean): void {
    if (this.#held.delete(client)) client.release(isBroken);
  }

  #bound(client: pg.PoolClient): void {
    const send = client.query.bind(client) as Send;
    this.#sends.set(client, send);
    let begunAt = 0;
    const bounded = async (first: string | pg.QueryConfig, values?: unknown[]) => {
      const config = typeof first === 'string' ? { text: first, ...(values && { values }) } : first;
      // The transaction is rolled back, however late it is.
      const request = config.text === 'ROLLBACK' ? undefined : currentLimits();
      if (this.#broken.has(client)) throw new StoreError('UNAVAILABLE');
      request?.check();
      const key = config.name ?? config.text;
      if (request && !this.#breaker.allows(key)) throw new StoreError('UNAVAILABLE');
      const sentAt = performance.now();
      const stopCounting = request?.beginStatement();
      const ms = Math.min(READ_MS, request?.remainingMs() ?? READ_MS);
      try {
        const isCommit = request && config.text === 'COMMIT';
        const result = await send({ ...(isCommit ? commitBefore(sentAt + ms - begunAt) : config), query_timeout: ms });
        if (config.text === 'BEGIN') begunAt = performance.now();
        this.#availability.answered();
        this.#breaker.succeeded(key);
        return Array.isArray(result) ? result.at(-1) : result;
      } catch (error) {
        if (!isUsable(error)) this.#broken.add(client);
        if (isOutage(error)) this.#availability.suspect(sentAt);
        else this.#availability.answered();
        if (!isTimeout(error)) this.#breaker.succeeded(key);
        // The request had less time left than the statement may need.
        else if (performance.now() - sentAt >= SLOW_MS) this.#breaker.failed(key);
        if (isPastCommit(error, config.text) || (isUnanswered(error) && ms < READ_MS))
          throw new StoreError('TIMEOUT', { cause: error });
        throw error;
      } finally {
        stopCounting?.();
      }
    };
    client.query = bounded as typeof client.query;
  }
}

function watched(silent: Set<Socket>): Socket {
  const socket = new Socket();
  silent.add(socket);
  const forget = () => silent.delete(socket);
  return socket.once('data', forget).once('close', forget);
}
