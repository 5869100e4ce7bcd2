/**
 * npx tsx scripts/risk-reference.ts > docs/risk.md: the rule reference, written from the rules. A
 * test holds the two together.
 */
import { RISK_FAMILIES, type Rule } from '../src/risk/rule.ts';
import { RULES } from '../src/risk/rule-set.ts';

const HEAD = `# Risk rules

Every command is analysed into the programs it would run, through wrappers, substitutions, payloads and here-documents; rules look at
those programs and never at the raw line. What is only mentioned (an argument of \`echo\`, a commit message, a comment) is no program.

- **safe**: no rule speaks. **moderate**: worth a thought. **high**: loses data or opens something. **critical**: loses the machine, or hands it over.
- A command is as bad as its worst finding. The level below is a rule's usual one; where a command works, and on what, raises or lowers it.
- Lowered: \`--help\`, \`--version\`, trial runs, temporary and generated directories. Raised: root, home, system directories, sudo.
- \`caro assess COMMAND\` shows what a rule says; \`npm run eval:risk -- SET.jsonl\` rates a labelled set.

This file is written by \`npx tsx scripts/risk-reference.ts > docs/risk.md\`.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (rule: Rule): string =>
  `| \`${rule.id}\` | ${rule.level} | ${rule.technique ?? '—'} | ${cell(rule.reason)} | ${cell(rule.safer)} |`;

/** The whole reference, as the file has it. */
export const riskReference = (): string => {
  const tables = RISK_FAMILIES.map((family) => {
    const rules = RULES.filter((rule) => rule.family === family);
    const rows = [...rules].sort((a, b) => a.id.localeCompare(b.id)).map(row);
    return `\n## ${family}\n\n| rule | level | ATT&CK | why | instead |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return HEAD + tables.join('');
};

if (require.main === module) process.stdout.write(riskReference());
