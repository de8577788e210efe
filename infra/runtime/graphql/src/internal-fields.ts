import type { Log } from '@tintype/telemetry';
import type { CallerIdentity } from '@tintype/viewer';
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { RequestError } from './errors.ts';

/** A field that is meant for other parts of the platform, as `@internal` in the SDL says. */
export type InternalField = {
  /** `Query.mailAddresses`. */
  coordinate: string;
  /** Names of the services that may ask for it. */
  callers: readonly string[];
  /** Whether they may ask on behalf of the platform alone. */
  platformOnly: boolean;
};

/** The fields that carry `@internal`, by their definitions in the schema. */
export function listInternalFields(schema: GraphQLSchema): Map<GraphQLField<unknown, unknown>, InternalField> {
  const found = new Map<GraphQLField<unknown, unknown>, InternalField>();
  const directive = schema.getDirective('internal');
  if (!directive) return found;
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const values = field.astNode && getDirectiveValues(directive, field.astNode);
      if (!values) continue;
      const { callers, platformOnly } = values as Omit<InternalField, 'coordinate'>;
      found.set(field, { coordinate: `${type.name}.${field.name}`, callers, platformOnly });
    }
  }
  return found;
}

/**
 * Tells which internal fields a document asks for. They are looked for in the document, before anything of it runs, and not by their
 * resolvers: who may not ask is refused whatever there is, and a mutation changes nothing.
 */
export function createInternalFieldFinder(schema: GraphQLSchema): (document: DocumentNode) => readonly InternalField[] {
  const known = listInternalFields(schema);
  /** Fields that this selection may turn out to be: an interface's are those of its types as well, and a type's those of its interfaces. */
  const definitionsOf = (type: GraphQLNamedType | null | undefined, name: string) => {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
    const above = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
    const types = [type, ...possible, ...above];
    return types.flatMap((one) => (isObjectType(one) || isInterfaceType(one) ? (one.getFields()[name] ?? []) : []));
  };
  return (document) => {
    if (known.size === 0) return [];
    const asked = new Set<InternalField>();
    const info = new TypeInfo(schema);
    const enter = ({ name }: { name: { value: string } }) => {
      const parent = info.getParentType();
      for (const definition of definitionsOf(parent && getNamedType(parent), name.value)) {
        const field = known.get(definition);
        if (field) asked.add(field);
      }
    };
    visit(document, visitWithTypeInfo(info, { Field: { enter } }));
    return [...asked];
  };
}

/** @throws RequestError FORBIDDEN where one of these fields is not for this caller, which is logged: it is a fault of ours or an attempt */
export function requireCaller(fields: readonly InternalField[], { caller, kind }: CallerIdentity, log: Log): void {
  for (const { coordinate, callers, platformOnly } of fields) {
    if (caller.isInternal && callers.includes(caller.service) && (kind === 'platform' || !platformOnly)) continue;
    log.warn({ coordinate, service: caller.service, kind }, 'An internal field is refused.');
    throw new RequestError('FORBIDDEN', `The field ${coordinate} is for other parts of the platform.`);
  }
}
