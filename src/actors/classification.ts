import type { Classification, CommandText } from '../bus/messages/observation.ts';
import { analyse } from '../shell/analyse.ts';
import { familyOf } from '../shell/catalogue/catalogue.ts';
import { mainPattern } from '../shell/catalogue/main-pattern.ts';
import { redact, redactedTools } from '../shell/redact.ts';

/** Tool, family and pattern of one command, and its text with secrets masked (FR-403). */
export function classify({ command, shell }: CommandText): Classification {
  const analysis = analyse(command, shell);
  const redacted = redact(command, analysis);
  const { text, kinds } = redacted;
  const pattern = mainPattern(analysis);
  const tools = redactedTools(analysis, redacted);
  return { analysis, text, redacted: kinds.length > 0, tools, category: familyOf(pattern.tool), pattern };
}
