/** Body of a message that carries nothing but its kind. */
export type Nothing = Readonly<Record<string, never>>;
