const { tearDown } = require('./temporary-root.ts');

module.exports = tearDown;
