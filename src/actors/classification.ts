import type { Classification, CommandText } from '../bus/messages.ts';
import { analyse } from '../shell/analyse.ts';
import { familyOf } from '../shell/catalogue.ts';
import { mainPattern } from '../shell/main-pattern.ts';
import { redact } from '../shell/redact.ts';

/** Tool, family and pattern of one command, and its text with secrets masked (FR-403). */
export function classify({ command, shell }: CommandText): Classification {
  const analysis = analyse(command, shell);
  const { text, kinds } = redact(command, analysis);
  const pattern = mainPattern(analysis);
  const { tools } = analysis;
  return { analysis, text, redacted: kinds.length > 0, tools, category: familyOf(pattern.tool), pattern };
}
