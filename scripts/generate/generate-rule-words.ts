/**
 * Writes the words that a day is counted with to `src/generated/rule-words.js`. The thread that
 * makes a report would otherwise load all rules and the catalogue for them: a third of the code
 * that it loads. Run by `npm run build`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { vocabulary } from '../../src/risk/vocabulary.ts';

const FILE = 'src/generated/rule-words';

export function generateRuleWords(): void {
  const { families, rules } = vocabulary();
  mkdirSync('src/generated', { recursive: true });
  writeFileSync(`${FILE}.js`, `exports.countedWords=${JSON.stringify({ families, rules })};\n`);
  writeFileSync(
    `${FILE}.d.ts`,
    `import type { CountedWords } from '../domain/answers/vocabulary.ts';

export const countedWords: CountedWords;
`,
  );
}

if (require.main === module) generateRuleWords();
