const { setUp } = require('./temporary-root.ts');

module.exports = setUp;
