import { InvalidArgumentError } from '@tintype/cli';

/** Values of an enum of the graph, by their names in a shell. */
type Names<Value extends string> = ReadonlyMap<string, Value>;

/** @param values every value of the enum, so that the type check finds a missing one */
export function namesOf<Value extends string>(values: { readonly [Each in Value]: Each }): Names<Value> {
  return new Map(Object.values<Value>(values).map((value) => [value.toLowerCase().replaceAll('_', '-'), value]));
}

export function listOf(names: Names<string>): string {
  return [...names.keys()].join(', ');
}

/** @throws InvalidArgumentError */
export function parseName<Value extends string>(names: Names<Value>, text: string): Value {
  const value = names.get(text.toLowerCase());
  if (value === undefined) throw new InvalidArgumentError(`Use one of ${listOf(names)}.`);
  return value;
}

/** Parses an option that can be repeated. */
export function collect<Value extends string>(names: Names<Value>) {
  return (text: string, previous: Value[] = []): Value[] => [...previous, parseName(names, text)];
}
