/** Resolves after one turn of the event loop, in which pending I/O events are handled. */
export const yieldToEventLoop = (): Promise<void> => new Promise((done) => setImmediate(done));
