/**
 * The bytes of padded base64 (RFC 4648 §4); undefined for any other text. Strict, so that bytes
 * have one encoding: Node's decoder also accepts missing padding, stray bits and the URL alphabet.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}
