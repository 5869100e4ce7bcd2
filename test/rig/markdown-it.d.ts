declare module 'markdown-it' {
  export interface Token {
    readonly type: string;
    readonly tag: string;
    readonly content: string;
  }
  export default class MarkdownIt {
    constructor(preset: 'commonmark' | 'default');
    parse(text: string, environment: object): readonly Token[];
    render(text: string): string;
  }
}
