import pg from 'pg';

type Plan = { 'Node Type': string; Plans?: Plan[] };

/**
 * The types of a statement's plan nodes, from the top, as Postgres would run it with these values and fresh statistics.
 */
export async function explain(
  pool: Pick<pg.Pool | pg.PoolClient, 'query'>,
  statement: string | { text: string },
  values: readonly unknown[],
): Promise<string[]> {
  const text = typeof statement === 'string' ? statement : statement.text;
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (FORMAT JSON) ${text}`, [...values]);
  const nodesOf = (plan: Plan): string[] => [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)];
  return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
}

/** The same with sequential scans disabled, because Postgres would read whole tables if they have few rows. */
export async function explainWithIndexes(
  pool: pg.Pool,
  statement: string | { text: string },
  values: readonly unknown[],
): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off');
    return await explain(client, statement, values);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

/** Runs statements that fill tables for a plan, over a connection without the limits of requests. */
export function fill(pool: pg.Pool, text: string): Promise<void> {
  return withoutLimits(pool, text);
}

/**
 * Vacuums and analyses the tables, so that dead rows are gone and statistics are fresh, as after a while in production.
 */
export function vacuumAnalyze(pool: pg.Pool, ...tables: string[]): Promise<void> {
  return withoutLimits(pool, `VACUUM ANALYZE ${tables.join(', ')}`);
}

async function withoutLimits({ options }: pg.Pool, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: options.connectionString! });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** The plan that a list query must have: one range scan over an index, ended by its limit. */
export const ONE_RANGE_SCAN = /^Limit,Index (Only )?Scan$/;

/** The same for a statement that reads a list for each of several parents: only such a scan for each. */
export const ONE_RANGE_SCAN_EACH =
  /^(Incremental )?Sort,(Result,)*Nested Loop,(Result,)*Function Scan,Limit,Index (Only )?Scan$/;
