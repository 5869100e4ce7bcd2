const LINE_FEED = 0x0a;

/**
 * Cuts a byte stream into lines of at most `maxBytes`. What comes after too long a line is lost:
 * the stream MUST be closed.
 */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(private readonly maxBytes: number) {}

  /**
   * The lines that `chunk` completes, without their line feeds; 'too long' once a line passes the
   * limit, finished or not. Takes time linear in the chunk, however small the pieces are in which a
   * line arrives.
   */
  push(chunk: Uint8Array): readonly Uint8Array[] | 'too long' {
    const lines: Uint8Array[] = [];
    let begin = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, begin);
      const piece = chunk.subarray(begin, end === -1 ? undefined : end);
      if (this.#length + piece.length > this.maxBytes) return 'too long';
      this.#parts.push(piece);
      this.#length += piece.length;
      if (end === -1) return lines;
      lines.push(this.#parts.length === 1 ? piece : Buffer.concat(this.#parts));
      this.#parts = [];
      this.#length = 0;
      begin = end + 1;
    }
  }
}
