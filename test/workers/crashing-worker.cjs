// A worker whose `sign` ends its thread at once, as a crash of native code would.
module.exports = { sign: () => process.exit(3), verifyBatch: () => [] };
