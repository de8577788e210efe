import { isOutage } from '@tintype/telemetry';
import { createLateCalls, type LateCalls, StoreError } from '@tintype/viewer';
import pg from 'pg';
import { type Availability, availabilityOf } from './availability.ts';
import { type ConnectionShares, createConnectionShares } from './connection.shares.ts';
import { isLate, isUnanswered, isUsable, toStoreError } from './errors.ts';
import { currentLimits, type RequestLimits } from './request.limits.ts';

/** How long to wait for a free connection, and for a new one to be made. */
export const CONNECTION_MS = 1000;
/** The server ends a statement after this. */
export const STATEMENT_MS = 3000;
/** A server that does not answer, not even that a statement took too long, is given up by this side. */
const READ_MS = STATEMENT_MS + 500;
/** A statement that had this long may be called late. */
const SLOW_MS = 500;

/** Work outside of requests is one client among the others: workers that wait for a lock leave connections to requests. */
const WORKERS = 'workers';

/**
 * A pool in which every wait has an end on this side: for a place, a connection and an answer, all within what is left of the request
 * that waits. Each client holds its share of connections at most. What Postgres did not answer is a StoreError, and the connection is closed.
 */
export class BoundedPool extends pg.Pool {
  readonly #shares: ConnectionShares;
  readonly #availability: Availability;
  readonly #late: LateCalls = createLateCalls();
  /** Connections with a statement that was not answered. */
  readonly #broken = new WeakSet<pg.PoolClient>();

  constructor(config: pg.PoolConfig & { connectionString: string; max: number; share: number }) {
    super(config);
    this.#shares = createConnectionShares(config);
    this.#availability = availabilityOf(config.connectionString);
    this.on('connect', (client) => this.#bound(client));
  }

  /** How many wait for a connection: here, and never in the pool's own queue. */
  waiting(): number {
    return this.#shares.waiting();
  }

  /** See `Availability.isAway`. */
  isAway(): boolean {
    return this.#availability.isAway();
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

  // The pool's own way loses the request on its way through the queue, and closes the connection after every error.
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
    const giveBack = await this.#shares.take(request?.client ?? WORKERS, waitMs);
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
    const connecting = super.connect();
    connecting.catch((error) => {
      if (isOutage(error)) this.#availability.suspect(startedAt);
    });
    if (ms >= CONNECTION_MS) return connecting;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new StoreError('TIMEOUT')), ms);
    });
    try {
      return await Promise.race([connecting, late]);
    } catch (error) {
      // It comes too late for this request, and stays in the pool for the next.
      if (error instanceof StoreError) connecting.then((client) => client.release()).catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #bound(client: pg.PoolClient): void {
    const send = client.query.bind(client) as (config: pg.QueryConfig & { query_timeout: number }) => Promise<unknown>;
    const bounded = async (first: string | pg.QueryConfig, values?: unknown[]) => {
      const config = typeof first === 'string' ? { text: first, ...(values && { values }) } : first;
      // What was begun is taken back however late it is.
      const request = config.text === 'ROLLBACK' ? undefined : currentLimits();
      if (this.#broken.has(client)) throw new StoreError('UNAVAILABLE');
      request?.check();
      const key = config.name ?? config.text;
      if (request && !this.#late.allows(key)) throw new StoreError('UNAVAILABLE');
      const sentAt = performance.now();
      const stopCounting = request?.beginStatement();
      const ms = Math.min(READ_MS, request?.remainingMs() ?? READ_MS);
      try {
        const result = await send({ ...config, query_timeout: ms });
        this.#availability.answered();
        this.#late.answered(key);
        return result;
      } catch (error) {
        if (!isUsable(error)) this.#broken.add(client);
        if (isOutage(error)) this.#availability.suspect(sentAt);
        else this.#availability.answered();
        if (!isLate(error)) this.#late.answered(key);
        // Less was left of the request than the statement may well take.
        else if (performance.now() - sentAt >= SLOW_MS) this.#late.late(key);
        if (isUnanswered(error) && ms < READ_MS) throw new StoreError('TIMEOUT', { cause: error });
        throw error;
      } finally {
        stopCounting?.();
      }
    };
    client.query = bounded as typeof client.query;
  }
}
