import { type GraphQLObjectType, type GraphQLSchema, isAbstractType, isObjectType, isScalarType } from 'graphql';

type Returned<Resolver> = Resolver extends (...args: never[]) => infer Result ? Result : never;

/**
 * Fields for which the default resolver suffices, because the model has a property of that name and type. A root type
 * has no model.
 */
type Answered<Fields, Model> = string extends keyof Model
  ? never
  : {
      [Field in keyof Fields & keyof Model]: Model[Field] extends Returned<Fields[Field]> ? Field : never;
    }[keyof Fields & keyof Model];

type Needed<Fields, Model> = Exclude<keyof Fields, Answered<Fields, Model> | '__isTypeOf'>;

/**
 * Scalars are the same for all subgraphs, the gateway serves subscriptions, and no field returns the interface of user
 * errors.
 */
type Elsewhere = 'DateTime' | 'Snowflake' | 'Subscription' | 'UserError';

type CompleteFields<Fields, Model> = Fields & Required<Pick<Fields, Needed<Fields, Model>>>;

/**
 * Resolvers for every field of a subgraph's SDL: those for which no default resolver suffices, references of entities,
 * and the types of unions.
 *
 * @template All `Resolvers` and @template Models `ResolversParentTypes`, both generated from the SDL
 * @template Unused interfaces that no field of this subgraph returns
 */
export type Complete<All, Models, Unused extends string = never> = {
  [Type in Exclude<keyof All & keyof Models, Elsewhere | Unused> as Needed<
    NonNullable<All[Type]>,
    Models[Type]
  > extends never
    ? never
    : Type]-?: CompleteFields<NonNullable<All[Type]>, Models[Type]>;
};

/**
 * Without this check, a misspelt name would be ignored. A default resolver ignores arguments.
 *
 * @throws Error that lists resolvers of things that the schema does not have, and fields with arguments but no resolver
 */
export function checkResolvers(schema: GraphQLSchema, resolvers: Readonly<Record<string, object>>): void {
  const faults = [
    ...Object.entries(resolvers).flatMap(([type, map]) => unknownNames(schema, type, map)),
    ...Object.values(schema.getTypeMap()).flatMap((type) => (isObjectType(type) ? unresolved(schema, type) : [])),
  ];
  if (faults.length > 0) throw new Error(`The resolvers do not fit the schema: ${faults.join(', ')}.`);
}

function unknownNames(schema: GraphQLSchema, name: string, map: object): string[] {
  const type = schema.getType(name);
  if (!type) return [`there is no type ${name}`];
  if (isScalarType(type)) return [];
  const known = isObjectType(type) ? Object.keys(type.getFields()) : [];
  const special = isAbstractType(type) ? ['__resolveType'] : ['__resolveReference', '__isTypeOf'];
  return Object.keys(map)
    .filter((field) => !known.includes(field) && !special.includes(field))
    .map((field) => `there is no field ${name}.${field}`);
}

function unresolved(schema: GraphQLSchema, type: GraphQLObjectType): string[] {
  // The gateway serves subscriptions.
  if (type.name.startsWith('__') || type === schema.getSubscriptionType()) return [];
  return Object.values(type.getFields())
    .filter((field) => field.args.length > 0 && !field.resolve)
    .map((field) => `${type.name}.${field.name} has no resolver`);
}
