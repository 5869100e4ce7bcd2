/**
 * Where the service writes what an operator should know. Lines MUST hold no command text, no path
 * of a command and no secret.
 */
export interface Log {
  readonly info: (facts: Readonly<Record<string, unknown>>, text: string) => void;
  readonly warn: (facts: Readonly<Record<string, unknown>>, text: string) => void;
  readonly error: (facts: Readonly<Record<string, unknown>>, text: string) => void;
}
