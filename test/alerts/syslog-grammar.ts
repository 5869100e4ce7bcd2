/** A strict reader of RFC 5425 frames and RFC 5424 messages, written from their ABNF. */

export interface Syslog {
  readonly facility: number;
  readonly severity: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message: string;
}

/** RFC 5425 §4.3: `SYSLOG-FRAME = MSG-LEN SP SYSLOG-MSG`; the whole text MUST consist of frames. */
export function parseFrames(bytes: Buffer): readonly string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [head = '', length = ''] = /^([1-9]\d*) /.exec(bytes.subarray(at, at + 12).toString('latin1')) ?? [];
    if (head === '') throw new Error(`expected MSG-LEN and a space at ${at}`);
    const start = at + head.length;
    const end = start + Number(length);
    if (end > bytes.length) throw new Error(`expected ${length} octets at ${start}`);
    messages.push(bytes.subarray(start, end).toString('utf8'));
    at = end;
  }
  return messages;
}

/** RFC 5424 §6. */
const HEADER =
  /^<(\d|[1-9]\d|1[0-8]\d|19[01])>([1-9]\d{0,2}) (\S+) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) /;
const TIMESTAMP =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const SD_NAME = '[\\x21\\x23-\\x3c\\x3e-\\x5c\\x5e-\\x7e]{1,32}';
const ELEMENT = new RegExp(`^\\[(${SD_NAME})((?: ${SD_NAME}="(?:[^"\\\\\\]]|\\\\["\\\\\\]])*")*)\\]`);
const PARAMETER = new RegExp(` (${SD_NAME})="((?:[^"\\\\\\]]|\\\\["\\\\\\]])*)"`, 'g');

export function parseSyslog(text: string): Syslog {
  const header = HEADER.exec(text);
  if (!header) throw new Error('expected a header of RFC 5424');
  const [whole, priority, version, timestamp = '', hostname = '', appName = '', procId = '', msgId = ''] = header;
  if (version !== '1') throw new Error('expected version 1');
  if (timestamp !== '-' && !TIMESTAMP.test(timestamp)) throw new Error('expected a timestamp');
  let rest = text.slice(whole.length);
  const data: Record<string, Record<string, string>> = {};
  if (rest.startsWith('-')) rest = rest.slice(1);
  else
    do {
      const found: readonly string[] = ELEMENT.exec(rest) ?? [];
      const [element = '', id = '', parameters = ''] = found;
      if (element === '' || id in data) throw new Error('expected structured data with ids that differ');
      // An id without "@" is reserved (RFC 5424 §6.3.2); the number after it is that of an
      // enterprise.
      if (!/^[^@]+@\d+(\.\d+)*$/.test(id)) throw new Error('expected a private id of structured data');
      data[id] = Object.fromEntries(
        [...parameters.matchAll(PARAMETER)].map(([, name = '', value = '']) => [name, value]),
      );
      rest = rest.slice(element.length);
    } while (rest.startsWith('['));
  if (rest !== '' && !rest.startsWith(' ')) throw new Error('expected a space before the message');
  const pri = Number(priority);
  return {
    facility: pri >> 3,
    severity: pri & 7,
    timestamp,
    hostname,
    appName,
    procId,
    msgId,
    data,
    message: rest.slice(1),
  };
}
