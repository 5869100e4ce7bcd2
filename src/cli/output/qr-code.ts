import type { Context } from '../context.ts';
import { hasColours, say } from './output.ts';

/** Light modules around the code. The standard asks for 4, readers accept 2. */
const QUIET_ZONE = 2;
/**
 * Upper and lower half of a character, light where true. Most terminals are dark, so light modules
 * are drawn.
 */
const HALVES = { true: { true: '█', false: '▀' }, false: { true: '▄', false: ' ' } } as const;
/** Near white on near black of the 256 colours, which themes do not change. */
const [INK, PLAIN] = ['\u001b[38;5;231;48;5;16m', '\u001b[0m'];

/**
 * A QR code (ISO/IEC 18004) of `text`, two rows of modules per line. The library is loaded on first
 * use.
 */
export async function qrLines(text: string): Promise<readonly string[]> {
  const { encode } = await import('uqr');
  const { data, size } = encode(text, { ecc: 'L', border: QUIET_ZONE });
  const isLight = (row: number, column: number): boolean => data[row]?.[column] !== true;
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    const characters = Array.from({ length: size }, (_, column) => {
      const upper = HALVES[`${isLight(row, column)}`];
      return upper[`${isLight(row + 1, column)}`];
    });
    lines.push(characters.join(''));
  }
  return lines;
}

export async function sayQrCode(context: Context, text: string): Promise<void> {
  const [before, after] = hasColours(context) ? [INK, PLAIN] : ['', ''];
  for (const line of await qrLines(text)) say(context, `${before}${line}${after}`);
}
