/** A chosen file as text. The browser's own reading takes every file for UTF-8 and puts U+FFFD where it is not. */
import { textOf, type FileText } from '../../domain/text-file.ts';

export async function textFile(file: Blob): Promise<FileText> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return textOf(bytes, (encoding) => new TextDecoder(encoding, { fatal: true }).decode(bytes));
}

/** What to look at before it counts, where the letters were guessed; empty otherwise. */
export const lettersNote = ({ encoding }: FileText): string => (encoding === 'Windows-1252' ? 'The file is not UTF-8 and was read as Windows-1252: see whether letters such as é and ü are right, else save it as “CSV UTF-8”.' : '');
