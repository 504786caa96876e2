/** Which mutations a document asks for, remembered by its text. */
import { parse } from 'graphql';

const mutationNames = new Map<string, string[]>();

/** Root fields of the mutations in a document, for the faults; none for queries and for text that does not parse. */
export function mutationsIn(query: string): string[] {
  if (!query.includes('mutation')) return [];
  let names = mutationNames.get(query);
  if (names === undefined) {
    try {
      names = parse(query).definitions.flatMap((definition) => definition.kind === 'OperationDefinition' && definition.operation === 'mutation'
        ? definition.selectionSet.selections.flatMap((selection) => selection.kind === 'Field' ? [selection.name.value] : []) : []);
    } catch {
      names = [];
    }
    mutationNames.set(query, names);
    if (mutationNames.size > 500) mutationNames.delete(mutationNames.keys().next().value as string);
  }
  return names;
}
