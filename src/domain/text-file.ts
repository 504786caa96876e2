/** The bytes of a text file → its text: UTF-8, else UTF-16 by its mark, else what spreadsheets of western Windows write. */

export interface FileText { text: string; encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252' }

/** `decode` reads the bytes strictly, as the Encoding Standard calls them, and throws where they are no such text. */
export function textOf(bytes: Uint8Array, decode: (encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252') => string): FileText {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    try { return { text: decode(a === 0xff ? 'utf-16le' : 'utf-16be'), encoding: 'UTF-16' }; } catch { /* cut in half: its letters are refused below as no CSV */ }
  }
  try { return { text: decode('utf-8'), encoding: 'UTF-8' }; } catch { return { text: decode('windows-1252'), encoding: 'Windows-1252' }; }
}
