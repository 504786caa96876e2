/** A text to hand to somebody else, with a button that copies it. */
import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import './copy-field.css';

export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div className="copy-field">
      <span className="dim small">{label}</span>
      <div><code>{value}</code><CopyButton value={value}>{({ copied, copy }) => <Button variant="default" leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy} aria-label={`Copy: ${label}`}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton></div>
    </div>
  );
}
