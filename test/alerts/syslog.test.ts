import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SyslogAlert, syslogFrame, syslogMessage } from '../../src/domain/alerts/syslog.ts';
import { parseFrames, parseSyslog } from './syslog-grammar.ts';

const ALERT: SyslogAlert = {
  kind: 'alert',
  time: '2026-03-04T05:06:07.008Z',
  host: 'analyst',
  rule: 'risk-up',
  measure: 'techniques.T1070.003',
  condition: 'change',
  bound: 25,
  value: 31.234567,
  before: null,
  days: 7,
  until: '2026-03-03',
};

describe('an alert as a syslog message', () => {
  test('fits the grammar of RFC 5424 and the framing of RFC 5425', () => {
    const [text = '', ...others] = parseFrames(Buffer.from(syslogFrame(syslogMessage(ALERT))));
    expect(others).toEqual([]);
    expect(parseSyslog(text)).toEqual({
      facility: 13,
      severity: 4,
      timestamp: '2026-03-04T05:06:07.008Z',
      hostname: 'analyst',
      appName: 'caro',
      procId: '-',
      msgId: 'ALERT',
      data: {
        'caro@32473': {
          rule: 'risk-up',
          measure: 'techniques.T1070.003',
          condition: 'change',
          bound: '25',
          value: '31.235',
          days: '7',
          until: '2026-03-03',
        },
      },
      message: 'Alert risk-up: techniques.T1070.003 is 31.235, change 25, over 7 days',
    });
  });

  test('never holds anything that is not a word or a number', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a"b', 'a]b', 'a\\b', 'a\nb', 'a b'));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('rule', 'measure', 'host', 'until'),
        fc.double({ noNaN: true }),
        (word, where, value) => {
          try {
            const message = syslogMessage({ ...ALERT, value, [where]: word });
            expect(parseSyslog(message).msgId).toBe('ALERT');
            expect(word).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            expect(word).not.toMatch(/^[A-Za-z0-9.-]{1,64}$/);
          }
        },
      ),
    );
  });
});

describe('the readers of these tests', () => {
  const message = syslogMessage(ALERT);
  test.each([
    ['another version', message.replace('>1 ', '>2 ')],
    ['a priority that does not exist', message.replace('<108>', '<192>')],
    ['a timestamp without a zone', message.replace('008Z', '008')],
    ['a space too many', message.replace(' caro ', '  caro ')],
    ['an id of structured data without a number', message.replace('caro@32473', 'caro')],
    ['a value that is not closed', message.replace('bound="25"', 'bound="25')],
    ['a quote that is not escaped', message.replace('risk-up"', 'risk"up"')],
    ['text right behind structured data', message.replace('] Alert', ']Alert')],
  ])('object to %s', (_what, broken) => {
    expect(() => parseSyslog(broken)).toThrow();
  });

  test('object to a frame that is too short, or without a length', () => {
    for (const broken of [`999 ${message}`, message, `0${syslogFrame(message)}`])
      expect(() => parseFrames(Buffer.from(broken))).toThrow();
  });
});
