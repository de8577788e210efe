import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';

/** The type of a message's argument in TypeScript. */
export type ArgumentType = 'string' | 'number' | 'Date';

/** What a message says about one of its arguments. */
export type Argument = {
  name: string;
  type: ArgumentType;
  /** Whether it is a part of the text. If not, the text is only chosen by it. */
  isShown: boolean;
  /** The cases of a plural, each with its rules; empty for other arguments. */
  plural: readonly { cases: readonly string[]; rules: 'cardinal' | 'ordinal' | undefined }[];
};

/**
 * The arguments of a message in ICU MessageFormat.
 *
 * @throws Error if it is malformed, or names an argument for two purposes that differ in type
 */
export function argumentsOf(message: string): Argument[] {
  const found = new Map<string, Argument>();
  for (const one of listArguments(parse(message, { ignoreTag: true }))) {
    const known = found.get(one.name);
    if (known && known.type !== one.type) throw new Error(`{${one.name}} is ${known.type} and ${one.type}.`);
    const plural = [...(known?.plural ?? []), ...one.plural];
    found.set(one.name, { ...one, isShown: one.isShown || known?.isShown === true, plural });
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function listArguments(elements: readonly MessageFormatElement[]): Argument[] {
  return elements.flatMap((element): Argument[] => {
    switch (element.type) {
      case TYPE.argument:
        return [{ name: element.value, type: 'string', isShown: true, plural: [] }];
      case TYPE.number:
        return [{ name: element.value, type: 'number', isShown: true, plural: [] }];
      case TYPE.date:
      case TYPE.time:
        return [{ name: element.value, type: 'Date', isShown: true, plural: [] }];
      case TYPE.select: {
        const nested = Object.values(element.options).flatMap(({ value }) => listArguments(value));
        return [{ name: element.value, type: 'string', isShown: false, plural: [] }, ...nested];
      }
      case TYPE.plural: {
        const options = Object.values(element.options);
        const plural = [{ cases: Object.keys(element.options), rules: element.pluralType }];
        const isShown = options.some(({ value }) => value.some(({ type }) => type === TYPE.pound));
        const nested = options.flatMap(({ value }) => listArguments(value));
        return [{ name: element.value, type: 'number', isShown, plural }, ...nested];
      }
      default:
        return [];
    }
  });
}
