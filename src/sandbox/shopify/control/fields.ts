/** Reads a control request field by field; every refusal names the field. */
import { HttpRefusal } from '../http-message.ts';

export type Fields = Record<string, unknown>;

function refuse(field: string, wanted: string, got: unknown): never {
  throw new HttpRefusal(400, `${field}: expected ${wanted}, got ${JSON.stringify(got) ?? 'nothing'}`);
}

export function numberField(fields: Fields, name: string, range: { min: number; max: number; whole?: boolean }, fallback?: number): number {
  const value = fields[name] ?? fallback;
  if (typeof value !== 'number' || !(value >= range.min && value <= range.max) || (range.whole === true && !Number.isInteger(value))) {
    refuse(name, `a ${range.whole === true ? 'whole ' : ''}number from ${range.min} to ${range.max}`, value);
  }
  return value;
}

export function textField(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') refuse(name, 'a text', value);
  return value;
}

/** A list of texts; absent or null is empty. */
export function textsField(fields: Fields, name: string): string[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) refuse(name, 'a list of texts', value);
  return value as string[];
}

/** Absent stays undefined. */
export function optionalText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : textField(fields, name);
}

export function flagField(fields: Fields, name: string, fallback: boolean): boolean {
  const value = fields[name] ?? fallback;
  if (typeof value !== 'boolean') refuse(name, 'true or false', value);
  return value;
}

export function choiceField<C extends string>(fields: Fields, name: string, choices: readonly C[], fallback?: C): C {
  const value = fields[name] ?? fallback;
  if (typeof value !== 'string' || !(choices as readonly string[]).includes(value)) refuse(name, `one of ${choices.join(', ')}`, value);
  return value as C;
}

export function objectField(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(name, 'an object', value);
  return value as Fields;
}

/** A list of objects, each read by `read` under its own path (`lines.0.quantity`). */
export function listField<T>(fields: Fields, name: string, read: (item: Fields) => T, max = 250): T[] {
  const value = fields[name];
  if (!Array.isArray(value) || value.length > max) refuse(name, `a list of at most ${max}`, value);
  return value.map((item: unknown, index) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) refuse(`${name}.${index}`, 'an object', item);
    try {
      return read(item as Fields);
    } catch (error) {
      if (error instanceof HttpRefusal) throw new HttpRefusal(error.status, `${name}.${index}.${error.message}`);
      throw error;
    }
  });
}

/** Refuses fields nobody reads: a misspelt fault must not pass for one that is set. */
export function onlyFields(fields: Fields, known: readonly string[]): void {
  const foreign = Object.keys(fields).find((name) => !known.includes(name));
  if (foreign !== undefined) throw new HttpRefusal(400, `${foreign}: unknown field; known: ${known.join(', ')}`);
}
