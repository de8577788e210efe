import { setTimeout as sleep } from 'node:timers/promises';
import { gauge } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import pg from 'pg';

/** Whether a Postgres server answers, as the pools of this process that use it find out together. */
export type Availability = {
  /** @throws StoreError UNAVAILABLE while it does not answer */
  check(): void;
  /** Whether it does not answer, as far as is known. Where nothing was asked for a second it is probed, for those who ask next. */
  isAway(): boolean;
  /** It answered something. */
  answered(): void;
  /** What was sent at this time (`performance.now()`) had no answer: if nothing else had one since, the server is probed. */
  suspect(sentAt: number): void;
};

/** How long a server that was well may take to answer a probe. */
const PROBE_MS = 1000;
/** One that is away may take longer: on a busy machine it needs more than a second to begin, and nobody waits for this probe. */
const PATIENT_PROBE_MS = 5000;
const PROBE_EVERY_MS = 500;
/** An answer that is older says nothing any more. */
const FRESH_MS = 1000;

const known = new Map<string, Availability>();

const away = gauge('tintype_postgres_away', '1 while a Postgres server does not answer this process', ['server']);

/** One for each server: pools that share it learn of its end and its return from one probe. */
export function availabilityOf(url: string): Availability {
  const { host } = new URL(url);
  let availability = known.get(host);
  if (!availability) {
    availability = createAvailability({
      probe: (ms) => probe(url, ms),
      onChange: (isAway) => away.set({ server: host }, isAway ? 1 : 0),
    });
    known.set(host, availability);
  }
  return availability;
}

/**
 * A server that is slow for one statement is not away: only a probe that is not answered tells. From then on nobody waits for it,
 * until a probe is answered again.
 */
export function createAvailability(options: {
  probe(ms: number): Promise<void>;
  onChange?: (isAway: boolean) => void;
  everyMs?: number;
}): Availability {
  const { probe, onChange, everyMs = PROBE_EVERY_MS } = options;
  let answeredAt = 0;
  let isAway = false;
  let isProbing = false;

  const set = (value: boolean) => {
    if (isAway === value) return;
    isAway = value;
    onChange?.(value);
  };

  const run = async () => {
    if (isProbing) return;
    isProbing = true;
    do {
      const startedAt = performance.now();
      const answers = await probe(isAway ? PATIENT_PROBE_MS : PROBE_MS).then(
        () => {
          answeredAt = performance.now();
          return true;
        },
        // New connections may take long on a busy machine: an answer over any other one will do.
        () => answeredAt >= startedAt,
      );
      set(!answers);
      if (isAway) await sleep(everyMs, undefined, { ref: false });
    } while (isAway);
    isProbing = false;
  };

  return {
    check() {
      if (isAway) throw new StoreError('UNAVAILABLE');
    },
    isAway() {
      if (performance.now() - answeredAt > FRESH_MS) void run();
      return isAway;
    },
    answered() {
      answeredAt = performance.now();
      set(false);
    },
    suspect(sentAt) {
      if (answeredAt < sentAt) void run();
    },
  };
}

async function probe(url: string, ms: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ms, query_timeout: ms });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    // A server that has no connections left, or refuses this one, answers; one that starts or ends does not serve.
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) throw error;
  } finally {
    void client.end().catch(() => undefined);
  }
}
