import { useState } from 'preact/hooks';

/** Copies a text to the clipboard, and confirms it. */
export function CopyButton({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState('');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => undefined,
    );
  };
  return (
    <button type="button" onClick={copy}>
      <span role="status">{copied === text ? 'Copied' : 'Copy'}</span>
    </button>
  );
}
