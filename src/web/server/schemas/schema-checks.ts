import type { FastifySchemaCompiler, FastifySerializerCompiler, FastifyServerOptions } from 'fastify';
import { inputValidators } from '../../../generated/page-validators.js';
import { type AnswerSchema, project } from './projection.ts';
import { INPUTS } from './schemas.ts';

type Factory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

/** The check that the build made of a schema: it refuses members that the schema does not name. */
const checkInput: FastifySchemaCompiler<unknown> = ({ schema }) => {
  const [name = ''] = Object.entries(INPUTS).find(([, known]) => known === schema) ?? [];
  const check = inputValidators[name];
  if (!check) throw new TypeError('expected a schema of INPUTS');
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
 * Replaces Fastify's own compilers, which would be loaded and run at every start. Its types ask for
 * the functions that Ajv makes; these have the members that it calls.
 */
export const COMPILERS = { buildValidator: () => checkInput, buildSerializer: () => writeAnswer } as unknown as Factory;
