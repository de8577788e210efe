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

/** A field that is meant for other parts of the platform (`@internal` in the SDL). */
export type InternalField = {
  /** `Query.mailAddresses`. */
  coordinate: string;
  /** The services that may select it. */
  callers: readonly string[];
  /** Whether they may do so only on behalf of the platform. */
  platformOnly: boolean;
};

/** The fields that carry `@internal`, from their definitions in the schema. */
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
 * Finds the internal fields that a document selects, before anything of it runs. So a caller without permission is
 * refused whatever data there is, and a mutation changes nothing.
 */
export function createInternalFieldFinder(schema: GraphQLSchema): (document: DocumentNode) => readonly InternalField[] {
  const known = listInternalFields(schema);
  /**
   * The fields that this selection may refer to: for an interface, also those of its types; for a type, also those of
   * its interfaces.
   */
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

/**
 * @throws RequestError FORBIDDEN if one of these fields is not for this caller. It is logged, because it is a bug or an
 * attack
 */
export function requireCaller(fields: readonly InternalField[], { caller, kind }: CallerIdentity, log: Log): void {
  for (const { coordinate, callers, platformOnly } of fields) {
    if (caller.isInternal && callers.includes(caller.service) && (kind === 'platform' || !platformOnly)) continue;
    log.warn({ coordinate, service: caller.service, kind }, 'An internal field was refused.');
    throw new RequestError('FORBIDDEN', `The field ${coordinate} is for other parts of the platform.`);
  }
}
