/**
 * Stands in for `@jest/globals` in a bundle of tests: what a file declares is collected, and the
 * runner runs it. Holds what tests without a service use.
 */
import { format } from 'node:util';

export { expect } from 'expect';

/** @typedef {{ name: string, hooks: Record<string, Function[]>, parent: Block | null }} Block */

const collected = globalThis.caroCollectedTests;
const HOOKS = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'];
const blockOf = (name, parent) => ({ name, parent, hooks: Object.fromEntries(HOOKS.map((hook) => [hook, []])) });
let block = blockOf('', null);

const hook = (kind) => (run) => block.hooks[kind].push(run);
export const [beforeAll, beforeEach, afterEach, afterAll] = HOOKS.map(hook);

const eachOf = (declare) => (table) => (name, run, limit) => {
  for (const row of table) {
    const values = Array.isArray(row) ? row : [row];
    declare(format(name, ...values), () => run(...values), limit);
  }
};

export const test = (name, run) => collected.push({ name: `${pathOf(block)}${name}`, run, block });
test.each = eachOf(test);
test.skip = () => undefined;
test.skip.each = () => () => undefined;

export const describe = (name, declare) => {
  block = blockOf(name, block);
  declare();
  block = block.parent;
};
describe.each = eachOf(describe);
describe.skip = () => undefined;

const pathOf = ({ name, parent }) => (parent === null ? '' : `${pathOf(parent)}${name} › `);
