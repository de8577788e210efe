import { type SubgraphName, subgraphManifest } from '@tintype/schema/subgraphs';
import { z } from 'zod';

/** Every fault of the environment at once, one per line. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** The variables that are set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What one part of the platform reads from the environment. */
export type Settings<Value> = {
  /** Names of the variables. */
  variables: readonly string[];
  /** One fault each, such as `PORT: must be …`; none if the settings can be read. */
  listFaults(env: Variables): string[];
  /** Frozen, and the same for the same variables. @throws ConfigError */
  read(env: Variables): Value;
};

/**
 * @param options.variables how each variable is read
 * @param options.toValue what the part gets
 * @param options.check faults that concern several variables
 */
export function defineSettings<Shape extends z.ZodRawShape, Value extends object>(options: {
  variables: Shape;
  toValue(read: z.output<z.ZodObject<Shape>>): Value;
  check?(env: Variables): string[];
}): Settings<Readonly<Value>> {
  const { variables, toValue, check = () => [] } = options;
  const schema = z.object(variables);
  const known = new WeakMap<Variables, Readonly<Value>>();
  const parse = (env: Variables) => {
    const parsed = schema.safeParse(env);
    const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
    return { parsed, faults: [...faults, ...check(env)] };
  };
  return {
    variables: Object.keys(variables),
    listFaults: (env) => parse(env).faults,
    read(env) {
      const before = known.get(env);
      if (before) return before;
      const { parsed, faults } = parse(env);
      if (!parsed.success || faults.length > 0) throw asConfigError(faults);
      const value = Object.freeze(toValue(parsed.data));
      known.set(env, value);
      return value;
    },
  };
}

export function asConfigError(faults: readonly string[]): ConfigError {
  return new ConfigError(`The environment is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** What a subgraph's `config.ts` declares; nothing if it has none. */
export async function loadSettings(name: SubgraphName): Promise<readonly Settings<object>[]> {
  if (!(await subgraphManifest(name)).config) return [];
  return ((await import(`@tintype/${name}/config`)) as { settings: readonly Settings<object>[] }).settings;
}
