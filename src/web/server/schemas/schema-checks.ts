import type { FastifySchemaCompiler, FastifySerializerCompiler, FastifyServerOptions } from 'fastify';
import type { Validator } from '../../../domain/encoding/validator.ts';
import * as validators from '../../../generated/page-validators.js';
import { type AnswerSchema, project } from './projection.ts';
import { INPUTS } from './schemas.ts';

type Factory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

const CHECKS: Readonly<Record<keyof typeof INPUTS, Validator<unknown>>> = validators;

/**
 * The check that the build made of a schema; what the schema does not describe is refused, not
 * quietly dropped.
 */
const checkInput: FastifySchemaCompiler<unknown> = ({ schema }) => {
  const [name] = Object.entries(INPUTS).find(([, known]) => known === schema) ?? [];
  if (name === undefined) throw new TypeError('expected an input schema out of INPUTS');
  const check = CHECKS[name as keyof typeof INPUTS];
  return (data: unknown) => {
    if (check(data)) return { value: data };
    const [first] = check.errors ?? [];
    const place = first?.instancePath.slice(1).replaceAll('/', '.') || 'the request';
    return { error: new Error(`${place} ${first?.message ?? 'does not fit its schema'}`) };
  };
};

const writeAnswer: FastifySerializerCompiler<AnswerSchema> =
  ({ schema }) =>
  (data: unknown) =>
    JSON.stringify(project(schema, data));

/**
 * What Fastify checks and writes with in place of compilers that are loaded and run at every start.
 * Its types ask for the functions that Ajv makes; what it calls is these.
 */
export const COMPILERS = { buildValidator: () => checkInput, buildSerializer: () => writeAnswer } as unknown as Factory;
