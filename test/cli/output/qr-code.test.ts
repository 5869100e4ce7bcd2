import { expect, test } from '@jest/globals';
import jsQR from 'jsqr';
import { openIdentity } from '../../../src/identity/identity.ts';
import { caro } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
/** Pixels for each module of the code, as a camera would see more than one. */
const SCALE = 4;

/** Whether the upper and the lower half of a character are light. */
const HALVES: Readonly<Record<string, readonly [boolean, boolean]>> = {
  '█': [true, true],
  '▀': [true, false],
  '▄': [false, true],
  ' ': [false, false],
};

/** What a reader makes of the lines of a terminal. */
function read(lines: readonly string[]): string | undefined {
  const modules = lines.flatMap((line) => {
    const halves = Array.from(line).map((character) => HALVES[character] ?? [true, true]);
    return [halves.map(([upper]) => upper), halves.map(([, lower]) => lower)];
  });
  const [width, height] = [(modules[0]?.length ?? 0) * SCALE, modules.length * SCALE];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isLight = modules[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] ?? true;
      pixels.fill(isLight ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  return jsQR(pixels, width, height)?.data;
}

test('identity show --qr prints a code that a reader takes for the node id', async () => {
  const home = folder();
  expect((await caro(home, 'init', '--quiet')).code).toBe(0);
  const { id } = openIdentity(`${home}/data/identity.key`);
  const { stdout, code } = await caro(home, 'identity', 'show', '--qr');
  const lines = stdout.split('\n').filter((line) => /^[█▀▄ ]{20,}$/.test(line));
  expect(code).toBe(0);
  expect(lines.length).toBeLessThan(24);
  expect(read(lines)).toBe(id);
  expect(read(lines.slice(0, -6))).toBeUndefined();
});
