/** The code of what `act` throws; `undefined` where it throws nothing. */
export function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? error;
  }
  return undefined;
}

/** The same for a promise. */
export async function codeOfPromise(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? error;
  }
  return undefined;
}
