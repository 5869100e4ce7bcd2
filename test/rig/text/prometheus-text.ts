/**
 * A strict reader of Prometheus' text format 0.0.4, as promtool checks it: every deviation is an
 * error.
 */
export interface PrometheusFamily {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/** @throws Error with the line that does not fit */
export function parsePrometheus(text: string): readonly PrometheusFamily[] {
  if (!text.endsWith('\n')) throw new Error('expected a line feed at the end');
  const families: { name: string; type: string; samples: PrometheusFamily['samples'][number][] }[] = [];
  const seen = new Set<string>();
  const lines = text.slice(0, -1).split('\n');
  for (let at = 0; at < lines.length; ) {
    const help = /^# HELP (\S+) (\S.*)$/.exec(lines[at] ?? '');
    const type = /^# TYPE (\S+) (counter|gauge)$/.exec(lines[at + 1] ?? '');
    const [name = '', kind = ''] = type?.slice(1) ?? [];
    if (!help || !type || help[1] !== name || !NAME.test(name)) throw new Error(`expected HELP and TYPE: ${lines[at]}`);
    if (families.some((family) => family.name === name)) throw new Error(`a family twice: ${name}`);
    if ((kind === 'counter') !== name.endsWith('_total')) throw new Error(`a counter ends in _total: ${name}`);
    const family = { name, type: kind, samples: [] as PrometheusFamily['samples'][number][] };
    for (at += 2; at < lines.length && !lines[at]?.startsWith('#'); at += 1) {
      const line = lines[at] ?? '';
      const [, own, labels = '', value] = SAMPLE.exec(line) ?? [];
      if (own !== name) throw new Error(`expected a sample of ${name}: ${line}`);
      if (seen.has(own + labels)) throw new Error(`a series twice: ${line}`);
      seen.add(own + labels);
      family.samples.push({ labels: parseLabels(labels), value: Number(value) });
    }
    families.push(family);
  }
  return families;
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name = '', value = ''] = LABEL.exec(rest) ?? [];
    if (whole === undefined || name in labels) throw new Error(`expected labels: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_escape, mark: string) => (mark === 'n' ? '\n' : mark));
    rest = rest.slice(whole.length);
  }
  return labels;
}
