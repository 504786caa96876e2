export function MappingScreen() { return null; }
