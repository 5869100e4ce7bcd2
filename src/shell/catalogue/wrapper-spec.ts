/** Which options of a program take a value. */
export interface OptionSpec {
  /** Short options that take a value, in the same word or in the next. */
  readonly short?: string;
  /** Short options whose value, if any, stands in the same word (`xargs -i{}`). */
  readonly optional?: string;
  /** Long options that take a value, which may stand in the next word. Without their dashes. */
  readonly long?: readonly string[];
  /** Long options have one dash (`find -name`, `openssl -in`). */
  readonly singleDash?: true;
}

/**
 * How a program that starts another one is told apart from the one it starts. What comes after its
 * options is, in this order: `NAME=value` words if it takes them, its own operands, and the
 * command.
 */
export interface WrapperSpec extends OptionSpec {
  /**
   * What the words of the command are: `words` a program and its arguments; `shell` text that a
   * shell reads, joined by blanks; `either` text for a shell when it is one word, else a program
   * and its arguments; `none` it takes no such words.
   */
  readonly command: 'words' | 'shell' | 'either' | 'none';
  /**
   * Everyday prefix: the program it starts counts as the tool, the prefix is no invocation of its
   * own.
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
  /** Options with which it starts nothing (`command -v`, `sudo -l`). */
  readonly inert?: readonly string[];
  /**
   * Options that make it start a shell, which reads its standard input when no command is given.
   */
  readonly shell?: readonly string[];
  /** Without a command it starts a shell that reads its standard input (`ssh host <<EOF`). */
  readonly shellByDefault?: true;
  readonly effect?: 'elevates' | 'remote' | 'contained' | 'remote-contained';
  /** Options that name the user it switches to; another one than root is no elevation. */
  readonly user?: readonly string[];
  /** Which of its operands names the user. */
  readonly userOperand?: number;
  /**
   * The payload counts only when this option is absent or has one of these values (`ansible -m
   * shell -a '…'`).
   */
  readonly payloadWith?: { readonly options: readonly string[]; readonly oneOf: readonly string[] };
  /** Only with this operand does it start something (`salt '*' cmd.run '…'`). */
  readonly requires?: { readonly operand: number; readonly oneOf: readonly string[] };
}

/** A program whose subcommands start others (`docker exec`, `kubectl exec`, `git bisect run`). */
export interface SubcommandSpec {
  /** Options that may stand before the subcommand. */
  readonly global?: OptionSpec;
  /** Keys are one or two words. */
  readonly commands: Readonly<Record<string, WrapperSpec>>;
}
