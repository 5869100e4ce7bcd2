/** Which options of a program take a value. */
export interface OptionSpec {
  /** Short options that take a value, in the same word or the next. */
  readonly short?: string;
  /** Short options whose optional value is in the same word (`xargs -i{}`). */
  readonly optional?: string;
  /** Long options that take a value, which may be the next word. Without their dashes. */
  readonly long?: readonly string[];
  /** Long options that take two values (`bwrap --bind from to`). Without their dashes. */
  readonly two?: readonly string[];
  /** Long options have one dash (`find -name`, `openssl -in`). */
  readonly singleDash?: true;
}

/**
 * How to separate a program that starts another one from the command it starts. After its options
 * come, in this order: `NAME=value` words if it takes them, its own operands, and the command.
 */
export interface WrapperSpec extends OptionSpec {
  /**
   * How the words of the command are used. `words`: a program and its arguments. `shell`: text for
   * a shell, joined by blanks. `either`: text for a shell if it is one word, else a program and its
   * arguments. `none`: it takes no command.
   */
  readonly command: 'words' | 'shell' | 'either' | 'none';
  /**
   * Common prefix: the program it starts counts as the tool, and the prefix is not an invocation of
   * its own.
   */
  readonly transparent?: true;
  /** `NAME=value` words may precede the command. */
  readonly assignments?: true;
  /** Number of its own operands before the command. */
  readonly operands?: number;
  /** Options may follow its operands (`ssh host -p 22 cmd`, `su user -c cmd`). */
  readonly permutes?: true;
  /** Options whose value is text for a shell (`-c`). */
  readonly payload?: readonly string[];
  /** Options of `payload` that take every word up to the next option (`az … --scripts a b`). */
  readonly several?: readonly string[];
  /** Options that name the program which is given the words (`docker run --entrypoint sh`). */
  readonly program?: readonly string[];
  /** The text is typed into a terminal: `\n` and `^M` in it end a line. */
  readonly typed?: true;
  /** Options with which it starts nothing (`command -v`, `sudo -l`). */
  readonly inert?: readonly string[];
  /** Options with which it starts a shell that reads standard input if no command is given. */
  readonly shell?: readonly string[];
  /** Without a command it starts a shell that reads standard input (`ssh host <<EOF`). */
  readonly shellByDefault?: true;
  readonly effect?: 'elevates' | 'remote' | 'contained' | 'remote-contained';
  /** Options that name the user it switches to; only root is an elevation. */
  readonly user?: readonly string[];
  /** Index of the operand that names the user. */
  readonly userOperand?: number;
  /**
   * The payload counts only if this option is absent or has one of these values (`ansible -m shell
   * -a '…'`).
   */
  readonly payloadWith?: { readonly options: readonly string[]; readonly oneOf: readonly string[] };
  /** It starts something only with this operand (`salt '*' cmd.run '…'`). */
  readonly requires?: { readonly operand: number; readonly oneOf: readonly string[] };
}

/** A program whose subcommands start others (`docker exec`, `kubectl exec`, `git bisect run`). */
export interface SubcommandSpec {
  /** Options that may precede the subcommand. */
  readonly global?: OptionSpec;
  /** Keys are one to three words. */
  readonly commands: Readonly<Record<string, WrapperSpec>>;
}
