/** Fills the placeholders of `contexts.txt` with generated values; the same ones in every run. */
import { chars, pickFrom, randomFrom } from './random.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const ALL = UPPER + LOWER + DIGITS;
const WORDS = ['amber', 'willow', 'falcon', 'quartz', 'ember', 'meadow', 'thistle', 'onyx', 'cedar', 'plume'];

export interface Filled {
  readonly command: string;
  readonly secrets: readonly string[];
}

/** Passwords of the five styles that people choose. */
const password = (random: () => number, round: number): string => {
  const word = (): string => pickFrom(random, WORDS);
  const number = Math.floor(random() * 300);
  const capital = word().replace(/^./, (letter) => letter.toUpperCase());
  const styles = [
    () => `${capital}${number}!`,
    () => `${word()}-${word()}-${number}`,
    () => `${word()}${word()}`,
    () => `${word().toUpperCase()}${number}${word()}#`,
  ];
  return (styles[round % styles.length] ?? capital.toString)();
};

const ALPHABETS: Readonly<Record<string, string>> = {
  A: ALL,
  B: `${ALL}+/`,
  D: DIGITS,
  H: HEX,
  G: UPPER + DIGITS,
  K: LOWER + DIGITS,
};

const valueFor = (name: string, random: () => number, round: number): string => {
  if (name.startsWith('S')) return password(random, round);
  if (name.startsWith('T')) return chars(random, ALL, name === 'T2' ? 40 : 32);
  if (name === 'L') return chars(random, `${ALL}+/`, 2000);
  if (name === 'U') return [8, 4, 4, 4, 12].map((length) => chars(random, HEX, length)).join('-');
  if (name === 'W') return Array.from({ length: 5 }, () => pickFrom(random, WORDS)).join(' ');
  if (name === 'B32') return chars(random, `${UPPER}234567`, 32);
  const [, letter = '', length = '64', lower = ''] = /^([A-Z])(\d*)([a-z]?)$/.exec(name) ?? [];
  const alphabet = lower === 'l' && letter === 'A' ? LOWER + DIGITS : (ALPHABETS[letter] ?? ALL);
  return chars(random, alphabet, Number(length));
};

export const fillTemplate = (template: string, round: number): Filled => {
  const random = randomFrom(template.length * 1000 + round);
  const values = new Map<string, string>();
  const command = template.replace(/\{([A-Z]\d*[a-z]?)\}/g, (_, name: string) => {
    const value = values.get(name) ?? valueFor(name, random, round);
    values.set(name, value);
    return value;
  });
  return { command, secrets: [...values.values()] };
};
