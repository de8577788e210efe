import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of this process, served at `/metrics`. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

/** From 1 ms to 30 s: from a cached read to a request at its limit. */
export const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The counter with this name, created on first use. Several subgraphs of one process share it. */
export function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Counter<Label> {
  const known = registry.getSingleMetric(name);
  return (known as Counter<Label>) ?? new Counter({ name, help, labelNames, registers: [registry] });
}

/**
 * The gauge with this name, created on first use.
 *
 * @param collect sets its values whenever the metrics are read
 */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  collect?: (gauge: Gauge<Label>) => void,
): Gauge<Label> {
  const known = registry.getSingleMetric(name);
  if (known) return known as Gauge<Label>;
  const made: Gauge<Label> = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    ...(collect && { collect: () => collect(made) }),
  });
  return made;
}

/** The histogram with this name, created on first use. Values are in seconds unless the name says otherwise. */
export function histogram<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  buckets: number[] = SECONDS_BUCKETS,
): Histogram<Label> {
  const known = registry.getSingleMetric(name);
  return (known as Histogram<Label>) ?? new Histogram({ name, help, labelNames, buckets, registers: [registry] });
}
