/**
 * Resolves after a turn of the event loop: sockets are served and all that the system had to tell
 * has been told.
 */
export const yieldToEventLoop = (): Promise<void> => new Promise((done) => setImmediate(done));
