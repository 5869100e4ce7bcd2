import type { SchemaError } from '../domain/encoding/validator.ts';
import type { KeyLines, KeyPath } from './key-lines.ts';
import { nearestWord } from './nearest-word.ts';
import type { ConfigurationSchema } from './schema.ts';

/** One thing that is wrong in a configuration file. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In TOML notation: `mesh.peers[1].address`. */
  readonly key: string;
  /** What was expected, what came, how to fix it. */
  readonly text: string;
}

/** A problem before its line is known. */
export interface UnlocatedProblem {
  readonly path: KeyPath;
  readonly text: string;
}

export const problemLine = (problem: Problem): string =>
  `${problem.file}:${problem.line}: ${problem.key === '' ? '' : `${problem.key}: `}${problem.text}`;

export function located(file: string, lines: KeyLines, problem: UnlocatedProblem): Problem {
  return { file, line: lines.lineOf(problem.path), key: dotted(problem.path), text: problem.text };
}

/** Describes the violations of the schema in `data`, one per path. */
export function schemaProblems(
  schema: ConfigurationSchema,
  data: unknown,
  errors: readonly SchemaError[],
): readonly UnlocatedProblem[] {
  const seen = new Set<string>();
  return errors
    .map((error) => problemOf(schema, data, error))
    .filter(({ path }) => {
      const id = JSON.stringify(path);
      return !seen.has(id) && seen.add(id);
    });
}

function problemOf(schema: ConfigurationSchema, data: unknown, error: SchemaError): UnlocatedProblem {
  const path = pointerPath(data, error.instancePath);
  const place = schemaAt(schema, path);
  if (error.keyword === 'additionalProperties') {
    const { additionalProperty } = error.params;
    const key = String(additionalProperty);
    return { path: [...path, key], text: unknownKey(key, Object.keys(place.properties ?? {})) };
  }
  if (error.keyword === 'required') {
    const { missingProperty } = error.params;
    const key = String(missingProperty);
    return {
      path: [...path, key],
      text: `expected this key, but it is missing; ${advice(key, schemaAt(place, [key]))}`,
    };
  }
  if (error.keyword === 'uniqueItems') return { path, text: 'expected each entry once, got one twice; remove it' };
  const got = shown(valueAt(data, path));
  return { path, text: `expected ${place.description ?? 'another value'}, got ${got}; ${advice(path.at(-1), place)}` };
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  const hint = near === undefined ? 'remove it' : `did you mean "${near}"?`;
  return `expected one of the keys ${known.join(', ')}, got an unknown one; ${hint}`;
}

function advice(key: string | number | undefined, schema: ConfigurationSchema): string {
  const value = JSON.stringify(schema.default ?? schema.examples?.[0]);
  if (schema.type === 'object' || schema.items?.type === 'object')
    return 'see docs/configuration.md for how to write it';
  return typeof key === 'string' ? `for example: ${keyText(key)} = ${value}` : `for example: ${value}`;
}

/**
 * Formats a value for an error: short, and with its type visible. Tables and lists are only named.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 80 ? `a string of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a table';
  return String(value);
}

/** Ajv's JSON pointer as a path; list indexes become numbers. */
function pointerPath(data: unknown, pointer: string): KeyPath {
  const path: (string | number)[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(data, path)) ? Number(key) : key);
  }
  return path;
}

function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined,
    data,
  );
}

function schemaAt(schema: ConfigurationSchema, path: KeyPath): ConfigurationSchema {
  return path.reduce<ConfigurationSchema>((at, key) => {
    if (typeof key === 'number') return at.items ?? {};
    const rest = typeof at.additionalProperties === 'object' ? at.additionalProperties : {};
    return at.properties?.[key] ?? rest;
  }, schema);
}

function dotted(path: KeyPath): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${keyText(key)}`))
    .join('');
}

const keyText = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));
