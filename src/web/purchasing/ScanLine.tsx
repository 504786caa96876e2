/** The field a scanner types into: every code that fits counts one more, what does not is said and kept to be read. */
import { TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useState } from 'react';

export function ScanLine({ scan }: { scan(code: string): string | null }) {
  const [text, setText] = useState(''), [fault, setFault] = useState<string | null>(null);
  return (
    <form className="scan" onSubmit={(event) => { event.preventDefault(); if (text.trim() === '') return; setFault(scan(text.trim())); setText(''); }}>
      <TextInput size="md" aria-label="Scan or type a SKU, barcode or supplier’s code" placeholder="Scan or type: SKU, barcode, supplier’s code" value={text} error={fault} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" autoCapitalize="off" spellCheck={false} enterKeyHint="done" maxLength={200} data-autofocus leftSection={<IconBarcode size={20} aria-hidden />} />
    </form>
  );
}
